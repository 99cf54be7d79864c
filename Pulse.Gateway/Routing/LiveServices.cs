using Pulse.Gateway.SystemStatus;
using Pulse.ServiceDefaults.Liveness;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Pulse.Gateway.Routing;

/// <summary>Set on a request whose service fell silent while it waited.</summary>
internal sealed class ServiceDied;

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

    /// <summary>Ends the wait for the chosen one when it dies.</summary>
    public static void UseEndAtDeath(this IReverseProxyApplicationBuilder proxy) =>
        proxy.Use((context, next) =>
        {
            var feature = context.GetReverseProxyFeature();
            return feature.AvailableDestinations is [var chosen, ..] ? WaitAsync(context, WatchOver(context, feature, chosen), next) : next(context);
        });

    private static async Task WaitAsync(HttpContext context, LifeWatch watch, RequestDelegate next)
    {
        var (caller, death) = (context.RequestAborted, watch.Death);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, death);
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
        else if (death.IsCancellationRequested && !caller.IsCancellationRequested) context.Features.Set(new ServiceDied());
    }

    private static LifeWatch WatchOver(HttpContext context, IReverseProxyFeature feature, DestinationState destination) =>
        context.RequestServices.GetRequiredService<ServiceWatches>()
            .Over(feature.Cluster.Config.ClusterId, new Uri(destination.Model.Config.Address), ServiceProbe.Client)
            .Begin();
}
