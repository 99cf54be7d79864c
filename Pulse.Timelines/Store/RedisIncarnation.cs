using System.Globalization;
using Microsoft.Extensions.Logging;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.Timelines.Store;

/// <summary>
/// Which life of Redis this is: a hash of <c>master_replid</c>, learnt anew after every (re)connect. After a restart,
/// a failover or a restore it differs, and every list built before is cold.
/// </summary>
public sealed partial class RedisIncarnation : IDisposable
{
    private const string Field = "master_replid:";
    private const int HexDigits = 16;

    private readonly IConnectionMultiplexer _redis;
    private readonly RedisCircuit _circuit;
    private readonly ILogger<RedisIncarnation> _logger;
    private object? _current;
    private int _connections;

    public RedisIncarnation(IConnectionMultiplexer redis, RedisCircuit circuit, ILogger<RedisIncarnation> logger)
    {
        (_redis, _circuit, _logger) = (redis, circuit, logger);
        redis.ConnectionFailed += Forget;
        redis.ConnectionRestored += Forget;
    }

    /// <exception cref="DependencyUnavailableException">Redis is away.</exception>
    public async ValueTask<ulong> CurrentAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _current) is ulong known) return known;

        var connections = Volatile.Read(ref _connections);
        var learnt = await _circuit.RunAsync(LearnAsync, ct);
        // An answer from before a reconnect must not outlive it.
        if (connections == Volatile.Read(ref _connections) && Interlocked.Exchange(ref _current, learnt) is null) LogLearnt(learnt);
        return learnt;
    }

    public void Dispose()
    {
        _redis.ConnectionFailed -= Forget;
        _redis.ConnectionRestored -= Forget;
    }

    // Not IServer.InfoAsync: older clients count INFO among the commands that need admin mode.
    private static async Task<ulong> LearnAsync(IDatabase db)
    {
        var info = (string?)await db.ExecuteAsync("INFO", "replication") ?? "";
        var id = info.AsSpan(info.IndexOf(Field, StringComparison.Ordinal) + Field.Length, HexDigits);
        return ulong.Parse(id, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private void Forget(object? sender, ConnectionFailedEventArgs args)
    {
        Interlocked.Increment(ref _connections);
        Volatile.Write(ref _current, null);
    }

    [LoggerMessage(5001, LogLevel.Information, "Redis incarnation is {Incarnation:x}")]
    private partial void LogLearnt(ulong incarnation);
}
