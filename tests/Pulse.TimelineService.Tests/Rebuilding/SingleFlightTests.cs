using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.TimelineService.Tests.Rebuilding;

public sealed class SingleFlightTests(FeedApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "26")]
    public async Task Read_ManyColdReadsAtTwoProcesses_RebuildOnce()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        await using var beside = await app.BesideAsync();
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 30, Ct);
        var elsewhere = beside.Visit(reader);
        using var rebuilds = new RebuildCount(app, beside);

        var pages = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => (index % 2 == 0 ? reader : elsewhere).ReadAsync(Ct, limit: 10)));

        Assert.Equal(1, rebuilds.Published);
        Assert.All(pages, page => Assert.Equal(app.World.Oracle(reader).Take(10), page.Ids));
        Assert.Equal("cache", (await elsewhere.ReadAsync(Ct, limit: 10)).Source);
    }

    [Fact]
    [Trait("Invariant", "26")]
    public async Task Read_ManyColdUsersAtOnce_AllGetAnswersWithinTheConnectionLimit()
    {
        const int Users = 400;
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var author = app.NewUser();
        await app.World.PostManyAsync(author, 5, Ct);
        List<TestUser> readers = [];
        while (readers.Count < Users) readers.Add(app.NewUser());
        foreach (var reader in readers) await app.World.FollowAsync(reader, author, Ct);
        var database = app.Services.GetRequiredService<NpgsqlDataSource>();
        var limit = new NpgsqlConnectionStringBuilder(database.ConnectionString).MaxPoolSize;
        Assert.InRange(limit, 1, Users / 4);
        await using var observer = new NpgsqlConnection($"{app.Services.GetRequiredService<IConfiguration>().GetConnectionString("timelinedb")};Pooling=false");
        await observer.OpenAsync(Ct);

        var reads = Task.WhenAll(readers.Select(reader => reader.ReadAsync(Ct)));
        var most = 0L;
        do
        {
            await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", observer);
            most = Math.Max(most, (long)(await command.ExecuteScalarAsync(Ct))!);
        }
        while (!reads.IsCompleted);

        var expected = app.World.Oracle(readers[0]);
        Assert.All(await reads, page => Assert.Equal(expected, page.Ids));
        // Beside the pool: the probe of the database, and the context that migrated it.
        Assert.InRange(most, 2, limit + 2);
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task Read_AfterEveryFirstReaderWentAway_IsNotAnsweredFromTheirRebuild()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostAsync(author, Ct);
        var rebuilder = app.Services.GetRequiredService<TimelineService.Rebuilding.TimelineRebuilder>();
        using (var gone = new CancellationTokenSource())
        {
            var abandoned = rebuilder.HomeAsync(reader.Id, TimelineState.Cold, gone.Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        }

        await Until.TrueAsync(async () => (await reader.ReadAsync(Ct)).Source == "cache", "the abandoned rebuild is published", Ct);
        await app.World.PostAsync(author, Ct);
        await app.Cache.KeyDeleteAsync(TimelineKeys.Home(reader.Id));

        Assert.Equal(app.World.Oracle(reader), (await reader.ReadAsync(Ct)).Ids);
    }

    /// <summary>Counts what the meter <c>Pulse.Feed</c> of these processes tells of published rebuilds.</summary>
    private sealed class RebuildCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _published;

        public RebuildCount(params FeedApp[] apps)
        {
            IMeterFactory[] meters = [.. apps.Select(app => app.Services.GetRequiredService<IMeterFactory>())];
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "pulse.feed.rebuilds" && meters.Contains(instrument.Meter.Scope)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    if (tag is { Key: "published", Value: true }) Interlocked.Add(ref _published, value);
                }
            });
            _listener.Start();
        }

        public long Published => Interlocked.Read(ref _published);

        public void Dispose() => _listener.Dispose();
    }
}
