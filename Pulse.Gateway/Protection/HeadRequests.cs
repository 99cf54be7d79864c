using System.Collections.Frozen;
using Pulse.Gateway.Routing;

namespace Pulse.Gateway.Protection;

/// <summary>
/// HEAD is answered as GET without the body: the call goes its way as a GET, and the web server, which remembers what was asked, keeps the
/// body back. Not for streams, which would go on unseen for ever.
/// </summary>
internal static class HeadRequests
{
    private static readonly FrozenSet<string> Streams =
        RouteTable.All.Where(row => row.Cluster == ClusterTable.Streams).Select(row => row.Path).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Belongs before routing, which looks at the method.</summary>
    public static void UseHeadRequests(this WebApplication app) =>
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (HttpMethods.IsHead(request.Method) && !Streams.Contains((request.Path.Value ?? "").TrimEnd('/'))) request.Method = HttpMethods.Get;
            return next(context);
        });
}
