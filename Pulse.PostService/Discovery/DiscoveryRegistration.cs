namespace Pulse.PostService.Discovery;

internal static class DiscoveryRegistration
{
    public static IServiceCollection AddDiscovery(this IServiceCollection services)
    {
        services.AddOptions<ExploreOptions>().BindConfiguration(ExploreOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<FoundPosts>();
        services.AddScoped<TagPages>();
        services.AddScoped<PostSearch>();
        services.AddScoped<ExploreLists>();
        services.AddScoped<ExplorePages>();
        return services;
    }
}
