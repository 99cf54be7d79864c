using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pulse.ServiceDefaults.Postgres;
using Pulse.ServiceDefaults.Redis;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Notifications;
using Pulse.Timelines.Refilling;
using Pulse.Timelines.Store;

namespace Pulse.Timelines;

public static class TimelinesRegistration
{
    /// <summary>The name of the connection string of the timeline slice.</summary>
    public const string Database = "timelinedb";

    /// <summary>Adds the timeline slice; needs the <c>IConnectionMultiplexer</c> that <c>AddRedisClient</c> registers.</summary>
    public static IHostApplicationBuilder AddTimelines(this IHostApplicationBuilder builder)
    {
        builder.AddPostgresDataSource(Database);
        builder.Services.AddRedisCircuit();
        builder.Services.AddOptions<TimelineOptions>().BindConfiguration(TimelineOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<RedisIncarnation>();
        builder.Services.AddSingleton<TimelineStore>();
        builder.Services.AddSingleton<AuthorPosts>();
        builder.Services.AddSingleton<PullAuthors>();
        builder.Services.AddSingleton<FollowEdges>();
        builder.Services.AddSingleton<EdgeRefill>();
        builder.Services.AddSingleton<BlockRefill>();
        builder.Services.AddSingleton<MuteRefill>();
        builder.Services.AddSingleton<PostRefill>();
        builder.Services.AddSingleton<TimelineFlush>();
        builder.Services.AddSingleton<BlockEdges>();
        builder.Services.AddSingleton<MuteEdges>();
        builder.Services.AddOptions<NotificationOptions>().BindConfiguration(NotificationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<NotificationRetention>();
        builder.Services.AddSingleton<NotificationStore>();
        builder.Services.AddSingleton<NotificationBoxes>();
        return builder;
    }
}
