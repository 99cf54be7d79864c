using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Pulse.Gateway.Routing;

/// <summary>The services behind the gateway. Addresses come from <c>services:{name}:http:*</c>, as Aspire and ECS both inject them.</summary>
internal static class ClusterTable
{
    public const string Users = "users";
    public const string Posts = "posts";
    public const string Timelines = "timelines";

    /// <summary>The same service as <see cref="Timelines"/>, for answers that stay open.</summary>
    public const string Streams = "streams";

    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    // For a service that lives; LiveServices ends the wait for a dead one. The slowest honest answer is a Postgres read near its own limit.
    private static readonly TimeSpan ActivityTimeout = TimeSpan.FromSeconds(5);

    // A stream sends a heartbeat every 15 s; three missed ones are a dead service.
    private static readonly TimeSpan StreamActivityTimeout = TimeSpan.FromSeconds(50);

    public static IReadOnlyList<ClusterConfig> Read(IConfiguration configuration) =>
    [
        Cluster(Users, Users, ActivityTimeout, configuration),
        Cluster(Posts, Posts, ActivityTimeout, configuration),
        Cluster(Timelines, Timelines, ActivityTimeout, configuration),
        Cluster(Streams, Timelines, StreamActivityTimeout, configuration),
    ];

    private static ClusterConfig Cluster(string name, string service, TimeSpan activityTimeout, IConfiguration configuration)
    {
        var addresses = configuration.GetSection($"services:{service}:http").GetChildren()
            .Where(address => !string.IsNullOrWhiteSpace(address.Value))
            .ToDictionary(address => address.Key, address => new DestinationConfig { Address = address.Value! }, StringComparer.Ordinal);
        if (addresses.Count == 0) throw new InvalidOperationException($"The address of '{service}' is not configured (services:{service}:http:0).");

        return new ClusterConfig
        {
            ClusterId = name,
            Destinations = addresses,
            // As Kestrel reads them, here and there. By default the client sends ASCII alone, and fails with the whole call for an umlaut in a User-Agent.
            HttpClient = new HttpClientConfig { RequestHeaderEncoding = "utf-8" },
            HttpRequest = new ForwarderRequestConfig { ActivityTimeout = activityTimeout, Version = new Version(1, 1), VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        };
    }
}
