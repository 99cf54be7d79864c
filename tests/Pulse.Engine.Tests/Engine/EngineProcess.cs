using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.FanoutWorker;
using Pulse.FanoutWorker.Delivery;
using Pulse.FanoutWorker.Graph;
using Pulse.FanoutWorker.Planning;
using Pulse.Messaging.Queues;
using Pulse.ServiceDefaults.Redis;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Store;
using Pulse.TimelineService.Candidates;
using Pulse.TimelineService.HomeTimeline;
using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Rebuilding;
using Pulse.TimelineService.Rules;
using StackExchange.Redis;

namespace Pulse.Engine.Tests.Engine;

/// <summary>Sizes, small ones, so that few posts trim a list and cross a floor.</summary>
internal sealed record EngineSizes(int Capacity, int TrimSlack, int FollowerPage)
{
    /// <summary>Followers from which on an author is pulled; pushed again below nine.</summary>
    public const long PushFollowerLimit = 10;
}

/// <summary>The worker's handlers and the reader as one process composes them, with nothing in memory yet; without the pump and without HTTP.</summary>
internal sealed class EngineProcess : IDisposable
{
    private static readonly ServiceProvider Metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private static readonly FeedTelemetry FeedTelemetry = ActivatorUtilities.CreateInstance<FeedTelemetry>(Metrics);
    private static readonly FanoutTelemetry FanoutTelemetry = ActivatorUtilities.CreateInstance<FanoutTelemetry>(Metrics);

    private readonly RedisIncarnation _incarnation;
    private readonly ViewerGraphs _graphs;
    private readonly ViewerMarks _marks;
    private readonly TimelineRebuilder _rebuilder;
    private readonly PostEventHandler _postEvents;
    private readonly GraphEventHandler _graphEvents;

    public EngineProcess(NpgsqlDataSource database, IConnectionMultiplexer redis, IHttpClientFactory others, ManualClock clock, EngineSizes sizes)
    {
        var timelines = Options.Create(new TimelineOptions { Capacity = sizes.Capacity, TrimSlack = sizes.TrimSlack });
        var fanout = Options.Create(new FanoutOptions { PushFollowerLimit = EngineSizes.PushFollowerLimit, FollowerPage = sizes.FollowerPage });
        var feed = Options.Create(new FeedOptions());

        var circuit = new RedisCircuit(redis, clock, NullLogger<RedisCircuit>.Instance);
        _incarnation = new RedisIncarnation(redis, circuit, NullLogger<RedisIncarnation>.Instance);
        Store = new TimelineStore(circuit, _incarnation, timelines);
        Posts = new AuthorPosts(database);
        (Follows, Blocks, Mutes) = (new FollowEdges(database), new BlockEdges(database), new MuteEdges(database));
        var pullAuthors = new PullAuthors(database);

        var delivery = new PushDelivery(Follows, Store, FanoutTelemetry, fanout, clock, NullLogger<PushDelivery>.Instance);
        _postEvents = new PostEventHandler(new FanoutPlanner(Posts, pullAuthors, Store, delivery, FanoutTelemetry, fanout, clock, NullLogger<FanoutPlanner>.Instance));
        _graphEvents = new GraphEventHandler(new FollowProjection(Follows, Posts, Store, timelines), Blocks, Mutes, Store);

        var cached = new CachedTimelines(circuit, _incarnation);
        var postService = new PostClient(others);
        _graphs = new ViewerGraphs(others, Follows, Blocks, Mutes, clock);
        _rebuilder = new TimelineRebuilder(Store, Posts, postService, FeedTelemetry, timelines);
        var candidates = new HomeCandidates(
            cached, _graphs, new PullAuthorCache(pullAuthors, Store), new FanoutLag(circuit, feed, clock), _rebuilder, Posts, postService, FeedTelemetry, timelines, feed, clock);
        Reader = new HomeTimelineReader(candidates, new PostHydrator(circuit, postService, new CardClient(others)), _marks = new ViewerMarks(postService), FeedTelemetry, feed, clock);
    }

    public HomeTimelineReader Reader { get; }

    public FollowEdges Follows { get; }

    public BlockEdges Blocks { get; }

    public MuteEdges Mutes { get; }

    public TimelineStore Store { get; }

    public AuthorPosts Posts { get; }

    /// <summary>Gives an event to its handler, as it comes off the wire.</summary>
    public Task HandleAsync(string body, CancellationToken ct)
    {
        var envelope = EventEnvelope.Read(body);
        IMessageHandler handler = envelope.Type.StartsWith("post.", StringComparison.Ordinal) ? _postEvents : _graphEvents;
        return handler.HandleAsync(envelope, ct);
    }

    /// <summary>What a reader does who found the list cold.</summary>
    public Task RebuildAsync(UserId viewer, CancellationToken ct) => _rebuilder.HomeAsync(viewer, TimelineState.Cold, ct);

    public ValueTask<ulong> IncarnationAsync(CancellationToken ct) => _incarnation.CurrentAsync(ct);

    public void Dispose()
    {
        _incarnation.Dispose();
        _graphs.Dispose();
        _marks.Dispose();
    }
}
