using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Pulse.ServiceDefaults.Health;

/// <summary>How a process leaves.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>Seconds between saying "not ready" and refusing connections; as long as a load balancer needs to notice. Zero where nothing balances.</summary>
    [Range(0, 60)]
    public double Seconds { get; init; }
}

/// <summary>On SIGTERM: unhealthy first, then a pause in which load balancers look away, then Kestrel finishes what it has.</summary>
internal sealed class Drain(IOptions<DrainOptions> options, TimeProvider clock) : IHostedLifecycleService, IHealthCheck
{
    private volatile bool _draining;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        return options.Value.Seconds > 0
            ? Task.Delay(TimeSpan.FromSeconds(options.Value.Seconds), clock, cancellationToken)
            : Task.CompletedTask;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_draining ? HealthCheckResult.Unhealthy("The process is stopping.") : HealthCheckResult.Healthy());

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
