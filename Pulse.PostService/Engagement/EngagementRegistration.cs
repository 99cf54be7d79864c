namespace Pulse.PostService.Engagement;

internal static class EngagementRegistration
{
    public static IServiceCollection AddEngagement(this IServiceCollection services)
    {
        services.AddScoped<EngagementReader>();
        services.AddScoped<MarksVersions>();
        return services;
    }
}
