using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Pulse.ServiceDefaults.Liveness;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.ServiceDefaults.Http;

/// <summary>
/// Internal calls: one retry of what may be repeated, and nobody waits for a service that is dead. One that answers its probe is
/// slow and may take its time, up to a limit per attempt.
/// </summary>
internal sealed class ResilienceHandler(string service, LifeWatch watch, TimeSpan patience, TimeProvider clock) : DelegatingHandler
{
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 1,
            Delay = TimeSpan.FromMilliseconds(20),
            // Internal calls are reads; a refused connection or a restart in between is worth a second look, a slow answer is not.
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>().HandleResult(Unavailable),
        })
        .AddTimeout(new TimeoutStrategyOptions { Timeout = patience })
        .Build();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(ServiceWatches.Probe, out _)) return await base.SendAsync(request, cancellationToken);

        var death = watch.Begin().Death;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, death);
        try
        {
            var answer = await _pipeline.ExecuteAsync(async ct => await base.SendAsync(request, ct), waiting.Token);
            watch.Seen();
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutRejectedException)
        {
            throw new DependencyUnavailableException(service, exception);
        }
        catch (OperationCanceledException exception) when (death.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException(service, exception);
        }
    }

    private static bool Unavailable(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
