namespace Pulse.UserService.Discovery;

internal static class DiscoveryRegistration
{
    public static void AddDiscovery(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<SuggestionOptions>().BindConfiguration(SuggestionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<PopularUsers>();
        builder.Services.AddScoped<UserSearch>();
        builder.Services.AddScoped<Suggestions>();
    }
}
