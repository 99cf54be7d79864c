using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.FanoutWorker.Graph;
using Pulse.FanoutWorker.Notifications;
using Pulse.FanoutWorker.Planning;
using Pulse.FanoutWorker.Tests;
using Pulse.Messaging.InMemory;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;
using Pulse.TestInfrastructure;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Notifications;
using Pulse.Timelines.Store;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(FanoutApp))]

namespace Pulse.FanoutWorker.Tests;

/// <summary>The worker with a real Postgres and Redis and a bus in memory. Tests that break nothing share one; the others make theirs.</summary>
public sealed class FanoutApp : WebApplicationFactory<Program>, IAsyncLifetime
{
    /// <summary>Authors with this many followers are pulled.</summary>
    internal const int Limit = 10;

    /// <summary>Ids that a list keeps.</summary>
    internal const int Capacity = 20;

    private readonly SnowflakeGenerator _ids = new(TimeProvider.System, () => Snowflake.MaxNode);
    private string _database = "";
    private long _limit = Limit;
    private int _versions;

    public LocalPostgres Postgres { get; private set; } = null!;

    public LocalRedis Redis { get; private set; } = null!;

    internal InMemoryBus Bus { get; } = new InMemoryBus(TimeProvider.System)
        .Subscribe(Topics.PostEvents, Topics.FanoutQueue, maxReceiveCount: 3, PostPublished.Type, PostDeleted.Type, "post.edited")
        .Subscribe(
            Topics.UserEvents, Topics.GraphQueue, maxReceiveCount: 3,
            UserFollowed.Type, UserUnfollowed.Type, UserBlocked.Type, UserUnblocked.Type, UserMuted.Type, UserUnmuted.Type)
        .Subscribe(Topics.PostEvents, Topics.NotificationsQueue, maxReceiveCount: 3, PostPublished.Type, PostMentioned.Type, PostDeleted.Type, PostLiked.Type, PostUnliked.Type)
        .Subscribe(
            Topics.UserEvents, Topics.NotificationsQueue, maxReceiveCount: 3,
            UserFollowed.Type, UserUnfollowed.Type, UserFollowRequested.Type, UserFollowRequestEnded.Type, UserFollowAccepted.Type, UserDeleted.Type);

    internal IDatabase Cache => Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    internal AuthorPosts AuthorPosts => Services.GetRequiredService<AuthorPosts>();

    private TimelineStore Store => Services.GetRequiredService<TimelineStore>();

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Postgres = await LocalPostgres.CreateAsync(ct);
        Redis = await LocalRedis.CreateAsync(ct);
        _database = await Postgres.CreateDatabaseAsync("timelinedb", ct);
        await using (var context = new TimelineDbContext(new DbContextOptionsBuilder<TimelineDbContext>().UseNpgsql(_database).Options)) await context.Database.MigrateAsync(ct);
        // Not UseKestrel(0): that sets the port after the host was built, in a race with its start.
        UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        StartServer();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>A worker with servers of its own.</summary>
    internal static async Task<FanoutApp> CreateAsync(long limit = Limit)
    {
        var app = new FanoutApp { _limit = limit };
        await app.InitializeAsync();
        return app;
    }

    /// <summary>A clean stop of the process; its servers go on.</summary>
    internal ValueTask StopWorkerAsync() => base.DisposeAsync();

    internal UserId NewUser() => new(_ids.Next());

    /// <summary>The event of a post of this moment.</summary>
    internal PostPublished NewPost(UserId author) => new(new PostId(_ids.Next()), author, Contracts.PostVisibility.Public, TimeProvider.System.GetUtcNow());

    internal UserFollowed NewFollow(UserId follower, UserId followee) =>
        new(follower, followee, Interlocked.Increment(ref _versions), TimeProvider.System.GetUtcNow());

    internal UserUnfollowed NewUnfollow(UserId follower, UserId followee) => new(follower, followee, Interlocked.Increment(ref _versions));

    /// <summary>Gives an event to its handler, as it comes off the wire.</summary>
    internal Task HandleAsync<TEvent>(TEvent data, CancellationToken ct)
        where TEvent : IEvent
    {
        IMessageHandler handler = TEvent.Topic == Topics.PostEvents ? Services.GetRequiredService<PostEventHandler>() : Services.GetRequiredService<GraphEventHandler>();
        return handler.HandleAsync(EventEnvelope.Read(Body(data)), ct);
    }

    /// <summary>Gives an event to the handler of notifications, as it comes off the wire.</summary>
    internal Task NotifyAsync<TEvent>(TEvent data, CancellationToken ct)
        where TEvent : IEvent =>
        Services.GetRequiredService<NotifyingEventHandler>().HandleAsync(EventEnvelope.Read(Body(data)), ct);

    /// <summary>Puts an event on the bus, for the pumps to find.</summary>
    internal Task PublishAsync<TEvent>(TEvent data, CancellationToken ct)
        where TEvent : IEvent =>
        Bus.PublishAsync(TEvent.Topic, [new OutboundMessage(_ids.Next(), TEvent.Type, $"{data.Group}", Body(data), TraceParent: null)], ct);

    internal async Task<PostId> PostAsync(UserId author, CancellationToken ct)
    {
        var post = NewPost(author);
        await HandleAsync(post, ct);
        return post.PostId;
    }

    /// <summary>Followers 1, 2, 3… of the projection, without any events.</summary>
    internal async Task AddFollowersAsync(UserId author, int count, CancellationToken ct)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            INSERT INTO follow_edges SELECT $1, follower, 1, true, now() FROM generate_series(1, $2::bigint) follower
            ON CONFLICT (followee, follower) DO UPDATE SET active = true
            """);
        command.Parameters.Add(new() { Value = author.Value });
        command.Parameters.Add(new() { Value = (long)count });
        await command.ExecuteNonQueryAsync(ct);
    }

    internal async Task RemoveFollowersAsync(UserId author, int above, CancellationToken ct)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("UPDATE follow_edges SET active = false WHERE followee = $1 AND follower > $2");
        command.Parameters.Add(new() { Value = author.Value });
        command.Parameters.Add(new() { Value = (long)above });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What stands in the box of a user, the newest first.</summary>
    internal async Task<List<NotificationGroup>> ToldAsync(UserId user, CancellationToken ct)
    {
        var boxes = Services.GetRequiredService<NotificationBoxes>();
        return await boxes.PageAsync(new BoxRange(user, (await boxes.FindAsync(user, ct)).Newest, long.MaxValue, Above: 0, [], []), limit: 1_000, ct);
    }

    internal async Task ExecuteAsync(string sql, CancellationToken ct, params long[] parameters)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync(ct);
    }

    internal async Task<long> ScalarAsync(string sql, CancellationToken ct, params long[] parameters)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Makes a list as a reader's rebuild would.</summary>
    internal async Task WarmAsync(string key, CancellationToken ct, params long[] ids)
    {
        var token = await Store.OpenAsync(key, ct);
        Assert.True(await Store.PublishAsync(key, token!.Value, ids, floor: 0, ct));
    }

    internal Task WarmAsync(UserId reader, CancellationToken ct) => WarmAsync(TimelineKeys.Home(reader), ct);

    internal async Task<TimelineList> ListAsync(string key, CancellationToken ct) =>
        TimelineList.Parse(await Cache.ListRangeAsync(key), await Services.GetRequiredService<RedisIncarnation>().CurrentAsync(ct));

    internal Task<TimelineList> HomeAsync(UserId reader, CancellationToken ct) => ListAsync(TimelineKeys.Home(reader), ct);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("ConnectionStrings:timelinedb", _database);
        builder.UseSetting("ConnectionStrings:redis", Redis.ConnectionString);
        builder.UseSetting("Internal:ServiceKey", "service-key-of-the-tests");
        builder.UseSetting("services:users:http:0", "http://users.test");
        builder.UseSetting("Fanout:PushFollowerLimit", $"{_limit}");
        builder.UseSetting("Timelines:Capacity", $"{Capacity}");
        builder.UseSetting("Timelines:TrimSlack", "5");
        builder.UseSetting("Queues:RetryDelay", "00:00:00.010");
        builder.UseSetting("Queues:OutageProbe", "00:00:00.050");
        builder.ConfigureTestServices(services => services.Replace(ServiceDescriptor.Singleton<IMessageQueueFactory>(Bus)));
    }

    private string Body<TEvent>(TEvent data)
        where TEvent : IEvent =>
        EventEnvelope.Write(_ids.Next(), data, TimeProvider.System.GetUtcNow());
}
