using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Redis;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Store;
using StackExchange.Redis;

namespace Pulse.Timelines.Tests;

/// <summary>One process' connection to a Redis, and what of the library stands on it.</summary>
internal sealed class TimelineRedis : IDisposable
{
    private readonly RedisCircuit _circuit;

    private TimelineRedis(ConnectionMultiplexer multiplexer)
    {
        Multiplexer = multiplexer;
        _circuit = new RedisCircuit(multiplexer, TimeProvider.System, NullLogger<RedisCircuit>.Instance);
        Incarnation = new RedisIncarnation(multiplexer, _circuit, NullLogger<RedisIncarnation>.Instance);
    }

    public ConnectionMultiplexer Multiplexer { get; }

    public RedisIncarnation Incarnation { get; }

    public static async Task<TimelineRedis> ConnectAsync(LocalRedis redis) =>
        new(await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { redis.ConnectionString }, AbortOnConnectFail = false }));

    public TimelineStore Store(TimelineOptions options) => new(_circuit, Incarnation, Options.Create(options));

    public async Task<TimelineList> ReadAsync(string key, CancellationToken ct) =>
        TimelineList.Parse(await Multiplexer.GetDatabase().ListRangeAsync(key), await Incarnation.CurrentAsync(ct));

    public void Dispose()
    {
        Incarnation.Dispose();
        _circuit.Dispose();
        Multiplexer.Dispose();
    }
}
