using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pulse.Messaging;

/// <summary>
/// Whether the bus answered the last time it was asked. It asks nothing itself: the long polls of the worker and the
/// publishes of the relays find out soon enough, and a probe would cost a call to AWS.
/// </summary>
internal sealed class BusHealth : IHealthCheck
{
    private volatile string? _failure;

    public void Answered() => _failure = null;

    public void Failed(Exception exception) => _failure = exception.Message;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_failure is { } failure ? new HealthCheckResult(context.Registration.FailureStatus, failure) : HealthCheckResult.Healthy());
}
