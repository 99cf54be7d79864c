using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Pulse.ServiceDefaults.Ids;
using Pulse.ServiceDefaults.Problems;
using Pulse.TestInfrastructure;

namespace Pulse.ServiceDefaults.Tests.Ids;

[Trait("Invariant", "30")]
public sealed class SnowflakeNodeLeaseTests : IAsyncLifetime
{
    private readonly List<SnowflakeNodeLease> _leases = [];
    private readonly List<NpgsqlDataSource> _sources = [];
    private readonly SkippingClock _clock = new();
    private LocalPostgres _postgres = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _postgres = await LocalPostgres.CreateAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in _leases) await lease.StopAsync(CancellationToken.None);
        foreach (var lease in _leases) lease.Dispose();
        foreach (var source in _sources) await source.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Node_HeartbeatIsSlow_StaysAndIsTheSameAfterwards()
    {
        var lease = await StartAsync();
        var node = lease.Node;

        _postgres.Pause();
        try
        {
            Assert.Equal(node, lease.Node);

            // Nobody has vouched for the lock for too long: the server may have given it away.
            _clock.Skip(SnowflakeNodeLease.Trust);
            Assert.Equal("postgres", Assert.Throws<DependencyUnavailableException>(() => lease.Node).Dependency);
        }
        finally
        {
            _postgres.Resume();
        }

        await Until.TrueAsync(() => NodeOf(lease) is not null, "the heartbeat is answered", Ct);
        Assert.Equal(node, lease.Node);
    }

    [Fact]
    public async Task Node_SessionEnded_IsNotOursAnyMoreBeforeAnotherHasIt()
    {
        var lease = await StartAsync();
        var node = lease.Node;
        await using var other = new NpgsqlConnection(_postgres.ConnectionString("postgres") + ";Pooling=false");
        await other.OpenAsync(Ct);

        // In one statement the session ends and the other one waits for its lock.
        await using var take = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid), pg_advisory_lock(classid::int, objid::int) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()", other);
        await take.ExecuteNonQueryAsync(Ct);

        await Until.TrueAsync(() => NodeOf(lease) is { } now && now != node, "it mints with another node", Ct);
    }

    [Fact]
    public async Task Node_ServerKilled_IsLostAtOnceAndHeldAgainAfterItsStart()
    {
        var lease = await StartAsync();

        await _postgres.KillAsync(Ct);
        await Until.TrueAsync(() => NodeOf(lease) is null, "the end of the connection is seen", Ct);

        await _postgres.StartAsync(Ct);
        await Until.TrueAsync(() => NodeOf(lease) is not null, "a node is held again", Ct);
    }

    [Fact]
    public async Task Node_ManyProcesses_AllDiffer()
    {
        for (var process = 0; process < 20; process++) await StartAsync();

        Assert.Equal(20, _leases.Select(lease => lease.Node).Distinct().Count());
    }

    private async Task<SnowflakeNodeLease> StartAsync()
    {
        var source = NpgsqlDataSource.Create(_postgres.ConnectionString("postgres") + ";Pooling=false");
        _sources.Add(source);
        var lease = new SnowflakeNodeLease(source, _clock, NullLogger<SnowflakeNodeLease>.Instance);
        _leases.Add(lease);
        await lease.StartAsync(Ct);
        await Until.TrueAsync(() => NodeOf(lease) is not null, "a node is held", Ct);
        return lease;
    }

    private static int? NodeOf(SnowflakeNodeLease lease)
    {
        try
        {
            return lease.Node;
        }
        catch (DependencyUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Time as it goes by, and more of it when a test says so.</summary>
    private sealed class SkippingClock : TimeProvider
    {
        private long _skipped;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _skipped);

        public void Skip(TimeSpan time) => Interlocked.Add(ref _skipped, (long)(time.TotalSeconds * TimestampFrequency));
    }
}
