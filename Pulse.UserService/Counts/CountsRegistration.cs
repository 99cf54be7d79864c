namespace Pulse.UserService.Counts;

internal static class CountsRegistration
{
    public static void AddCounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CountDriftOptions>().BindConfiguration(CountDriftOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<FollowerCountSignal>();
        builder.Services.AddHostedService<FollowerCountFolding>();
        builder.Services.AddHostedService<CountDriftCheck>();
        builder.Services.AddScoped<FollowerCounts>();
        builder.Services.AddScoped<CountDrift>();
    }
}
