using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pulse.ServiceDefaults.Health;

namespace Pulse.Gateway.SystemStatus;

/// <summary>The health of the whole system, asked of every process at most once a second.</summary>
internal sealed class SystemHealth(ServiceProbe probe, TimeProvider clock) : IDisposable
{
    private const string Fanout = "fanout";
    private static readonly string[] Processes = ["users", "posts", "timelines", Fanout];
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile SystemHealthResponse? _last;

    public async Task<SystemHealthResponse> ReadAsync(CancellationToken ct)
    {
        if (FreshAnswer() is { } known) return known;

        await _asking.WaitAsync(ct);
        try
        {
            return FreshAnswer() ?? (_last = await AskAsync());
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private SystemHealthResponse? FreshAnswer() => _last is { } last && clock.GetUtcNow() - last.Timestamp < Fresh ? last : null;

    private async Task<SystemHealthResponse> AskAsync()
    {
        var answers = await Task.WhenAll(Processes.Select(probe.AskAsync));
        return Summarize([.. Processes.Zip(answers)], clock.GetUtcNow());
    }

    internal static SystemHealthResponse Summarize(IReadOnlyList<(string Process, HealthBody Health)> answers, DateTimeOffset now)
    {
        var services = answers.ToDictionary(answer => answer.Process, answer => State(answer.Health.Status), StringComparer.Ordinal);
        var database = Worst(answers, Dependency.Postgres);
        var redis = Worst(answers, Dependency.Redis);
        var bus = Worst(answers, Dependency.Bus);

        // Without the worker posts are accepted and arrive later; without any other process its calls are refused.
        var refused = database == SystemState.Unhealthy || services.Any(service => service is { Key: not Fanout, Value: SystemState.Unhealthy });
        var less = services.Values.Append(redis).Append(bus).Append(database).Any(state => state is SystemState.Degraded or SystemState.Unhealthy);
        var status = refused ? SystemState.Unhealthy : less ? SystemState.Degraded : SystemState.Healthy;
        return new SystemHealthResponse(status, database, redis, bus, services, now);
    }

    private static SystemState Worst(IEnumerable<(string Process, HealthBody Health)> answers, string dependency) =>
        answers.Select(answer => answer.Health.Checks.TryGetValue(dependency, out var status) ? State(status) : SystemState.Unknown).Max();

    private static SystemState State(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => SystemState.Healthy,
        HealthStatus.Degraded => SystemState.Degraded,
        _ => SystemState.Unhealthy,
    };
}
