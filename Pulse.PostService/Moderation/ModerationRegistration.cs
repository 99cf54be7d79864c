namespace Pulse.PostService.Moderation;

internal static class ModerationRegistration
{
    public static IServiceCollection AddModeration(this IServiceCollection services)
    {
        services.AddOptions<ModerationOptions>().BindConfiguration(ModerationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<Reports>();
        services.AddScoped<CasePages>();
        services.AddScoped<Decisions>();
        services.AddSingleton<Enforcement>();
        services.AddHostedService<EnforcementWorker>();
        return services;
    }
}
