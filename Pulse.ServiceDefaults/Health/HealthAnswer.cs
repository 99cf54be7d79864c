using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Pulse.Contracts;

namespace Pulse.ServiceDefaults.Health;

/// <summary>Names of the dependencies in the answer of <c>/health</c>.</summary>
public static class Dependency
{
    public const string Postgres = "postgres";
    public const string Redis = "redis";
    public const string Bus = "bus";
}

/// <summary>Answer of <c>/health</c>.</summary>
/// <param name="Status">Whether this process does its work: fully, with something optional away, or not at all.</param>
/// <param name="Checks">Each check by its name, dependencies by those of <see cref="Dependency"/>.</param>
public sealed record HealthBody(HealthStatus Status, IReadOnlyDictionary<string, HealthStatus> Checks);

/// <summary>
/// Writes <c>/health</c>. Redis and the bus are optional to every process: without them it is degraded and ready (200);
/// without anything else it is not ready (503).
/// </summary>
internal sealed partial class HealthAnswer(ILogger<HealthAnswer> logger)
{
    private volatile HealthBody? _last;

    public Task WriteAsync(HttpContext context, HealthReport report)
    {
        var body = Describe(report);
        if (_last is not { } last ? body.Status != HealthStatus.Healthy : last.Status != body.Status) LogChanged(body.Status, Away(body));
        _last = body;

        context.Response.StatusCode = body.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return context.Response.WriteAsJsonAsync(body, PulseJson.Options, context.RequestAborted);
    }

    internal static HealthBody Describe(HealthReport report)
    {
        var checks = new SortedDictionary<string, HealthStatus>(StringComparer.Ordinal);
        foreach (var (check, entry) in report.Entries)
        {
            var name = NameOf(check);
            checks[name] = checks.TryGetValue(name, out var other) ? Worse(other, entry.Status) : entry.Status;
        }

        return new HealthBody(checks.Select(Effect).Aggregate(HealthStatus.Healthy, Worse), checks);
    }

    // The client integrations name their checks after the client or the DbContext, and there may be several of them.
    private static string NameOf(string check) =>
        check.StartsWith("StackExchange.Redis", StringComparison.Ordinal) ? Dependency.Redis
        : check.EndsWith("DbContext", StringComparison.Ordinal) ? Dependency.Postgres
        : check;

    private static HealthStatus Effect(KeyValuePair<string, HealthStatus> check) =>
        check is { Key: Dependency.Redis or Dependency.Bus, Value: HealthStatus.Unhealthy } ? HealthStatus.Degraded : check.Value;

    private static string Away(HealthBody body) => string.Join(", ", body.Checks.Where(check => check.Value != HealthStatus.Healthy).Select(check => check.Key));

    private static HealthStatus Worse(HealthStatus left, HealthStatus right) => left < right ? left : right;

    [LoggerMessage(1601, LogLevel.Warning, "Health is now {Status}; away: [{Away}]")]
    private partial void LogChanged(HealthStatus status, string away);
}
