namespace Pulse.PostService.Engagement;

internal static class EngagementRegistration
{
    public static IServiceCollection AddEngagement(this IServiceCollection services)
    {
        services.AddScoped<EngagementReader>();
        services.AddScoped<EngagementWriter>();
        services.AddScoped<EngagementEraser>();
        services.AddScoped<LikerPages>();
        services.AddScoped<BookmarkPages>();
        services.AddScoped<MarksVersions>();
        services.AddHostedService<MarksKeeper>();
        return services;
    }
}
