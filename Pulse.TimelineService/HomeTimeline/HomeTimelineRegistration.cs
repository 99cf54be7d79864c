using Pulse.ServiceDefaults.Http;
using Pulse.TimelineService.Candidates;
using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Rebuilding;
using Pulse.TimelineService.Rules;

namespace Pulse.TimelineService.HomeTimeline;

internal static class HomeTimelineRegistration
{
    // A page can do without what a slow service has, and says so; several calls add up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static WebApplicationBuilder AddHomeTimeline(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<FeedOptions>().BindConfiguration(FeedOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddInternalHttpClient(ViewerGraphs.Client, "users", Patience);
        services.AddInternalHttpClient(CardClient.Client, "users", Patience);
        services.AddInternalHttpClient(PostClient.Client, "posts", Patience);
        services.AddSingleton<FeedTelemetry>();
        services.AddSingleton<CachedTimelines>();
        services.AddSingleton<PullAuthorCache>();
        services.AddSingleton<FanoutLag>();
        services.AddHostedService(provider => provider.GetRequiredService<FanoutLag>());
        services.AddSingleton<TimelineRebuilder>();
        services.AddSingleton<PostClient>();
        services.AddSingleton<CardClient>();
        services.AddSingleton<PostHydrator>();
        services.AddSingleton<ViewerMarks>();
        services.AddSingleton<ViewerGraphs>();
        services.AddSingleton<HomeCandidates>();
        services.AddSingleton<HomeTimelineReader>();
        return builder;
    }
}
