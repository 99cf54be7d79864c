using Pulse.Gateway.SystemStatus;
using Pulse.ServiceDefaults.Liveness;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Pulse.Gateway.Routing;

/// <summary>Set on a request whose service fell silent while it waited.</summary>
internal sealed class ServiceDied;

/// <summary>Set on a request that took longer than a call of its route may.</summary>
internal sealed class CallTimedOut;

/// <summary>
/// Nobody waits for a dead service: a process that leaves its <c>/alive</c> unanswered gets no more calls, and those that wait for it
/// end at that moment. One that answers there may take its time with a call. The next answer brings the calls back.
/// </summary>
internal static class LiveServices
{
    /// <summary>Leaves the dead ones out of the choice.</summary>
    public static void UseLiveServices(this IReverseProxyApplicationBuilder proxy) =>
        proxy.Use((context, next) =>
        {
            var feature = context.GetReverseProxyFeature();
            if (feature.AvailableDestinations.Any(destination => WatchOver(context, feature, destination).IsDead))
            {
                feature.AvailableDestinations = [.. feature.AvailableDestinations.Where(destination => !WatchOver(context, feature, destination).IsDead)];
            }

            return next(context);
        });

    /// <summary>Ends the wait for the chosen one when it dies, and when the whole call has taken too long.</summary>
    /// <param name="proxy">The pipeline of forwarded calls.</param>
    /// <param name="anyCall">How long a call may take whose route says nothing else.</param>
    public static void UseEndOfPatience(this IReverseProxyApplicationBuilder proxy, TimeSpan anyCall) =>
        proxy.Use((context, next) =>
        {
            var feature = context.GetReverseProxyFeature();
            if (feature.AvailableDestinations is not [var chosen, ..]) return next(context);

            var patience = RouteTable.Find(feature.Route.Config.RouteId)?.Timeout ?? anyCall;
            return WaitAsync(context, WatchOver(context, feature, chosen), patience, next);
        });

    private static async Task WaitAsync(HttpContext context, LifeWatch watch, TimeSpan patience, RequestDelegate next)
    {
        var (caller, death) = (context.RequestAborted, watch.Death);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, death);
        either.CancelAfter(patience);
        // The one token that YARP ends a call by.
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = caller;
        }

        if (context.GetForwarderErrorFeature() is null) watch.Seen();
        else if (caller.IsCancellationRequested) return;
        else if (death.IsCancellationRequested) context.Features.Set(new ServiceDied());
        else if (either.IsCancellationRequested) context.Features.Set(new CallTimedOut());
    }

    private static LifeWatch WatchOver(HttpContext context, IReverseProxyFeature feature, DestinationState destination) =>
        context.RequestServices.GetRequiredService<ServiceWatches>()
            .Over(feature.Cluster.Config.ClusterId, new Uri(destination.Model.Config.Address), ServiceProbe.Client)
            .Begin();
}
