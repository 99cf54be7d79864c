namespace Pulse.PostService.Showing;

internal static class ShowingRegistration
{
    public static IServiceCollection AddShowing(this IServiceCollection services)
    {
        services.AddSingleton<AuthorCards>();
        services.AddSingleton<GraphCache>();
        services.AddSingleton<Snapshots>();
        services.AddScoped<ViewerGraphs>();
        services.AddScoped<PostShower>();
        services.AddScoped<ShownPages>();
        return services;
    }
}
