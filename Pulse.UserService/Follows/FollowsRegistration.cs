namespace Pulse.UserService.Follows;

internal static class FollowsRegistration
{
    public static void AddFollows(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<FollowGraph>();
        builder.Services.AddScoped<FollowLists>();
        builder.Services.AddScoped<FollowRequests>();
        builder.Services.AddSingleton<PublicAccountSweep>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PublicAccountSweep>());
    }
}
