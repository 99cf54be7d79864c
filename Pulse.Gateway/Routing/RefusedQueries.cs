using Pulse.ServiceDefaults.Problems;
using Yarp.ReverseProxy.Model;

namespace Pulse.Gateway.Routing;

/// <summary>400 for parameters that an old name had and that would be ignored silently now.</summary>
internal static class RefusedQueries
{
    public static void UseRefusedQueries(this IReverseProxyApplicationBuilder proxy) =>
        proxy.Use((context, next) =>
            RouteTable.Find(context.GetReverseProxyFeature().Route.Config.RouteId) is { Refused: { } refused } && context.Request.Query.ContainsKey(refused.Name)
                ? Problem.Invalid(refused.Name, refused.Message).ExecuteAsync(context)
                : next(context));
}
