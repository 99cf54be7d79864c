namespace Pulse.PostService.Threads;

internal static class ThreadsRegistration
{
    public static IServiceCollection AddThreads(this IServiceCollection services) => services.AddScoped<ThreadReader>();
}
