namespace Pulse.PostService.Safety;

internal static class SafetyRegistration
{
    public static IServiceCollection AddSafety(this IServiceCollection services)
    {
        services.AddOptions<SafetyOptions>().BindConfiguration(SafetyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SafetyTelemetry>();
        services.AddSingleton<IContentCheck, BlockedTerms>();
        services.AddSingleton<IContentCheck, LinkCount>();
        services.AddScoped<Floods>();
        services.AddScoped<ContentChecks>();
        return services;
    }
}
