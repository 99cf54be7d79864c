namespace Pulse.Gateway.SystemStatus;

/// <summary>Answer of <c>GET /system/health</c>.</summary>
/// <param name="Status">Healthy; degraded: every call is answered, some with less or later; unhealthy: some calls are refused.</param>
/// <param name="Database">Postgres, as the services see it.</param>
/// <param name="Redis">Redis, as the services see it.</param>
/// <param name="Bus">SNS and SQS, as the services see it.</param>
/// <param name="Services">Each process by name.</param>
/// <param name="Timestamp">When the processes were asked.</param>
public sealed record SystemHealthResponse(
    SystemState Status,
    SystemState Database,
    SystemState Redis,
    SystemState Bus,
    IReadOnlyDictionary<string, SystemState> Services,
    DateTimeOffset Timestamp);

/// <summary>In order of severity; <see cref="Unknown"/> is what no process could tell.</summary>
public enum SystemState
{
    Unknown,
    Healthy,
    Degraded,
    Unhealthy,
}
