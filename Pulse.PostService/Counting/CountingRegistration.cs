namespace Pulse.PostService.Counting;

internal static class CountingRegistration
{
    public static IServiceCollection AddCounting(this IServiceCollection services)
    {
        services.AddOptions<CountDriftOptions>().BindConfiguration(CountDriftOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CountSignal>();
        services.AddScoped<PostCountFolder>();
        services.AddScoped<CountDrift>();
        services.AddHostedService<CountFolding>();
        services.AddHostedService<CountDriftCheck>();
        return services;
    }
}
