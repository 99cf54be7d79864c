using Pulse.Gateway.RateLimiting;

namespace Pulse.Gateway.Routing;

/// <summary>One row of the route table.</summary>
/// <param name="Call">Method and path as the caller names them: <c>GET /v1/users/{id}</c>.</param>
/// <param name="Cluster">The service that answers, one of <see cref="ClusterTable"/>.</param>
/// <param name="Access">Who may call.</param>
/// <param name="Limit">Which limit the call counts against.</param>
internal sealed record GatewayRoute(string Call, string Cluster, Access Access, LimitedCall Limit)
{
    /// <summary>What the service is asked instead, for an old name; null: the call itself.</summary>
    public string? Target { get; init; }

    /// <summary>A query parameter that the old name had and that no longer exists.</summary>
    public RefusedQuery? Refused { get; init; }

    /// <summary>How long the whole call may take; null: as long as any.</summary>
    public TimeSpan? Timeout { get; init; }

    public string Method => MethodOf(Call);

    public string Path => PathOf(Call);

    public string TargetMethod => MethodOf(Target ?? Call);

    public string TargetPath => PathOf(Target ?? Call);

    private static string MethodOf(string call) => call[..call.IndexOf(' ', StringComparison.Ordinal)];

    private static string PathOf(string call) => call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..];
}

/// <summary>Who may call.</summary>
internal enum Access
{
    /// <summary>A valid access token is needed; the gateway answers 401 itself.</summary>
    Token,

    /// <summary>Anyone; a token is passed on when there is one.</summary>
    Open,
}

/// <summary>A query parameter that is answered with 400.</summary>
internal sealed record RefusedQuery(string Name, string Message);
