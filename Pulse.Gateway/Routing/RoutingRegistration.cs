using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Pulse.Gateway.Routing;

/// <summary>The route table as YARP routes.</summary>
internal static class RoutingRegistration
{
    public static void AddApiRoutes(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProxyConfigProvider>(services => new InMemoryConfigProvider(
            [.. RouteTable.All.Select(Route)],
            ClusterTable.Read(services.GetRequiredService<IConfiguration>())));
        builder.Services.AddReverseProxy()
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = ClusterTable.ConnectTimeout)
            .AddTransforms(Transform);
        // Two lines per request say what the span says, and ForwarderProblems tells of failures.
        builder.Logging.AddFilter("Yarp", LogLevel.Warning)
            .AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.Error).AddFilter("Yarp.ReverseProxy.LoadBalancing", LogLevel.Error);
    }

    private static RouteConfig Route(GatewayRoute row) => new()
    {
        RouteId = row.Call,
        ClusterId = row.Cluster,
        Match = new RouteMatch { Path = row.Path, Methods = [row.Method] },
        AuthorizationPolicy = row.Access == Access.Open ? "anonymous" : "default",
    };

    private static void Transform(TransformBuilderContext context)
    {
        if (RouteTable.Find(context.Route.RouteId) is not { Target: not null } row) return;

        if (row.TargetPath != row.Path)
        {
            context.AddPathRouteValues(row.TargetPath);
            context.AddResponseTransform(CallerInstance.RestoreAsync);
        }

        if (row.TargetMethod != row.Method)
        {
            var method = HttpMethod.Parse(row.TargetMethod);
            context.AddRequestTransform(transform =>
            {
                transform.ProxyRequest.Method = method;
                return ValueTask.CompletedTask;
            });
        }
    }
}
