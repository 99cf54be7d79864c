namespace Pulse.UserService.Follows;

internal static class FollowsRegistration
{
    public static void AddFollows(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CountDriftOptions>().BindConfiguration(CountDriftOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<FollowerCountSignal>();
        builder.Services.AddHostedService<FollowerCountFolding>();
        builder.Services.AddHostedService<CountDriftCheck>();
        builder.Services.AddScoped<FollowerCounts>();
        builder.Services.AddScoped<CountDrift>();
        builder.Services.AddScoped<FollowGraph>();
        builder.Services.AddScoped<FollowLists>();
        builder.Services.AddScoped<FollowRequests>();
        builder.Services.AddSingleton<PublicAccountSweep>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PublicAccountSweep>());
    }
}
