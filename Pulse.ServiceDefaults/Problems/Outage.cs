using System.Net.Sockets;
using Npgsql;
using Polly.CircuitBreaker;
using Polly.Timeout;
using StackExchange.Redis;

namespace Pulse.ServiceDefaults.Problems;

/// <summary>Tells an outage, which passes by itself, from a failure, which would repeat.</summary>
public static class Outage
{
    // Class 08: connection; 53: resources; 57P: operator intervention (shutdown, cannot connect now).
    private static readonly string[] TransientStates = ["08", "53", "57P"];

    // What a Redis says that starts, fails over, or is full: it answers, but not yet or not now.
    private static readonly string[] TransientReplies = ["LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "OOM", "MISCONF"];

    public static bool Is(Exception exception) => exception switch
    {
        DependencyUnavailableException => true,
        PostgresException postgres => TransientStates.Any(state => postgres.SqlState.StartsWith(state, StringComparison.Ordinal)),
        NpgsqlException => true,
        // A command that meets its connection in the moment in which that breaks: Npgsql's connector is disposed of under it.
        ObjectDisposedException { ObjectName: "System.Threading.ManualResetEventSlim" } => true,
        RedisConnectionException or RedisTimeoutException => true,
        RedisServerException redis => TransientReplies.Any(reply => redis.Message.StartsWith(reply, StringComparison.Ordinal)),
        BrokenCircuitException or TimeoutRejectedException or TimeoutException => true,
        HttpRequestException { StatusCode: null } or SocketException => true,
        HttpRequestException { StatusCode: { } status } => (int)status >= 500,
        { InnerException: { } inner } => Is(inner),
        _ => false,
    };
}
