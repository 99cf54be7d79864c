using System.Collections.Frozen;
using Pulse.Gateway.RateLimiting;
using static Pulse.Gateway.RateLimiting.LimitedCall;
using static Pulse.Gateway.Routing.ClusterTable;

namespace Pulse.Gateway.Routing;

/// <summary>
/// Every call that leaves the gateway for a service, and nothing else does: an unknown path is 404 and an unknown method
/// 405 right here. <c>/internal</c> has no row, and no row has a catch-all that could reach it.
/// </summary>
internal static class RouteTable
{
    private static readonly GatewayRoute[] Calls =
    [
        // Accounts and tokens
        Open("POST /v1/auth/signup", Users, Signup),
        Open("POST /v1/auth/login", Users, Login),
        Open("POST /v1/auth/refresh", Users),
        Token("POST /v1/auth/logout", Users),
        Token("POST /v1/auth/password", Users),
        Open("POST /v1/auth/password/forgot", Users, Forgot),
        Open("POST /v1/auth/password/reset", Users, Login),
        Open("POST /v1/auth/verify-email", Users, Login),
        // As long as it takes to write everything down; silence ends it like any call.
        Token("GET /v1/users/me/export", Users) with { Timeout = TimeSpan.FromMinutes(5) },
        Token("DELETE /v1/users/me", Users),
        Open("GET /.well-known/jwks.json", Users),

        // Users and graph
        Token("GET /v1/users/me", Users),
        Token("PATCH /v1/users/me", Users),
        Open("GET /v1/users/{id}", Users),
        Open("GET /v1/users/by-username/{name}", Users),
        Token("GET /v1/users/search", Users),
        Token("GET /v1/users/suggestions", Users),
        Token("PUT /v1/users/{id}/follow", Users, Follow),
        Token("DELETE /v1/users/{id}/follow", Users),
        Open("GET /v1/users/{id}/followers", Users),
        Open("GET /v1/users/{id}/following", Users),
        Token("GET /v1/follow-requests", Users),
        Token("POST /v1/follow-requests/{user_id}/accept", Users),
        Token("POST /v1/follow-requests/{user_id}/reject", Users),
        Token("PUT /v1/users/{id}/block", Users),
        Token("DELETE /v1/users/{id}/block", Users),
        Token("PUT /v1/users/{id}/mute", Users),
        Token("DELETE /v1/users/{id}/mute", Users),

        // Admin: the service checks the role
        Token("POST /v1/admin/users/{id}/suspend", Users),
        Token("POST /v1/admin/users/{id}/restore", Users),
        Token("POST /v1/admin/users/{id}/limit", Users),
        Token("GET /v1/admin/audit", Users),
        Token("GET /v1/admin/reports", Posts),
        Token("GET /v1/admin/reports/audit", Posts),
        Token("POST /v1/admin/reports/{id}/resolve", Posts),

        // Posts and engagement
        Token("POST /v1/posts", Posts, Post),
        Open("GET /v1/posts/{id}", Posts),
        Token("DELETE /v1/posts/{id}", Posts),
        Token("PATCH /v1/posts/{id}", Posts),
        Open("GET /v1/posts/{id}/edits", Posts),
        Token("GET /v1/posts/{id}/thread", Posts),
        Open("GET /v1/users/{id}/posts", Posts),
        Token("PUT /v1/posts/{id}/like", Posts, Like),
        Token("DELETE /v1/posts/{id}/like", Posts),
        Token("PUT /v1/posts/{id}/repost", Posts),
        Token("DELETE /v1/posts/{id}/repost", Posts),
        Token("PUT /v1/posts/{id}/bookmark", Posts),
        Token("DELETE /v1/posts/{id}/bookmark", Posts),
        Token("GET /v1/posts/{id}/likes", Posts),
        Token("GET /v1/bookmarks", Posts),
        Token("POST /v1/media", Posts),
        Token("GET /v1/media/{id}", Posts),
        Token("PATCH /v1/media/{id}", Posts),
        Token("DELETE /v1/media/{id}", Posts),
        Token("GET /v1/tags/{tag}/posts", Posts),
        Token("GET /v1/search/posts", Posts),
        Token("GET /v1/explore", Posts),
        Token("POST /v1/reports", Posts),

        // Home timeline
        Token("GET /v1/feed", Timelines),
        Token("GET /v1/feed/stream", Streams) with { Timeout = Timeout.InfiniteTimeSpan },
        Token("GET /v1/feed/explain/{post_id}", Timelines),
        Token("GET /v1/notifications", Timelines),
        Token("POST /v1/notifications/read", Timelines),
    ];

    private static readonly GatewayRoute[] OldNames =
    [
        Old("POST /auth/signup", "POST /v1/auth/signup"),
        Old("POST /auth/login", "POST /v1/auth/login"),
        Old("POST /posts", "POST /v1/posts"),
        Old("POST /tweets", "POST /v1/posts"),
        Old("GET /timeline", "GET /v1/feed") with
        {
            Refused = new RefusedQuery("offset", "offset is no longer supported; walk pages with cursor, the next_cursor of the page before."),
        },
        Old("POST /users/follow/{id}", "PUT /v1/users/{id}/follow"),
        Old("POST /users/unfollow/{id}", "DELETE /v1/users/{id}/follow"),
        Old("GET /users/{id}/followers", "GET /v1/users/{id}/followers"),
        Old("GET /users/{id}/following", "GET /v1/users/{id}/following"),
        Old("POST /v1/posts/{id}/like", "PUT /v1/posts/{id}/like"),
    ];

    public static IReadOnlyList<GatewayRoute> All { get; } = [.. Calls, .. OldNames];

    private static readonly FrozenDictionary<string, GatewayRoute> ByCall = All.ToFrozenDictionary(route => route.Call, StringComparer.Ordinal);

    /// <summary>The row that <paramref name="call"/> names; the call is the id of the route in YARP.</summary>
    public static GatewayRoute? Find(string call) => ByCall.GetValueOrDefault(call);

    private static GatewayRoute Open(string call, string cluster, LimitedCall limit = EverythingElse) => new(call, cluster, Access.Open, limit);

    private static GatewayRoute Token(string call, string cluster, LimitedCall limit = EverythingElse) => new(call, cluster, Access.Token, limit);

    private static GatewayRoute Old(string call, string target) => Calls.Single(row => row.Call == target) with { Call = call, Target = target };
}
