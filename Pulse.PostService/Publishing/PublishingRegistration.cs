namespace Pulse.PostService.Publishing;

internal static class PublishingRegistration
{
    public static IServiceCollection AddPublishing(this IServiceCollection services)
    {
        services.AddScoped<PostPublishing>();
        services.AddScoped<References>();
        services.AddScoped<IdempotencyKeys>();
        services.AddScoped<PostWriter>();
        services.AddScoped<WrittenPosts>();
        services.AddHostedService<ExpiredRows>();
        return services;
    }
}
