namespace Pulse.SystemTests.Contract;

/// <summary>The rows of accounts, tokens, users, graph, administration and suggestions.</summary>
internal static class PeopleCalls
{
    private const string User = "id username display_name bio avatar_url is_private is_celebrity followers_count following_count posts_count created_at";
    private const string Me = User + " email_verified";
    private const string Other = User + " relationship";
    private const string Relationship = "following followed_by requested blocking blocked_by muting notifying";
    private const string Users = "users next_cursor has_more";
    private const string Tokens = "access_token token_type expires_in refresh_token";
    private const string Standing = "id standing";

    public static IReadOnlyList<Call> All { get; } =
    [
        .. Accounts(),
        .. Passwords(),
        .. Profiles(),
        .. Graph(),
        .. Requests(),
        .. Administration(),
    ];

    private static Call[] Accounts() =>
    [
        new("POST /v1/auth/signup", 201, User, Body: """{"username":"{new}","email":"{new}@example.org","password":"password123","display_name":"New"}"""),
        new("POST /v1/auth/signup", 409, "/problems/username-taken", Body: """{"username":"{bob.name}","email":"{new}@example.org","password":"password123"}"""),
        new("POST /v1/auth/signup", 409, "/problems/email-taken", Body: """{"username":"{new}","email":"{bob.mail}","password":"password123"}"""),
        new("POST /v1/auth/signup", 400, "username email password", Body: """{"username":"no spaces","email":"nobody","password":"short"}"""),
        new("POST /v1/auth/signup", 400, "password", Body: """{"username":"{new}","email":"{new}@example.org","password":"{long:129}"}"""),
        new("POST /v1/auth/signup", 400, "username email password", Body: "{}"),
        new("POST /v1/auth/login", 200, Tokens, Body: """{"username":"{bob.name}","password":"password123"}"""),
        new("POST /v1/auth/login", 200, Tokens, Body: """{"username":"{bob.mail}","password":"password123"}"""),
        new("POST /v1/auth/login", 401, Body: """{"username":"{fresh.name}","password":"password124"}"""),
        new("POST /v1/auth/login", 401, Body: """{"username":"{new}","password":"password123"}"""),
        new("POST /v1/auth/login", 403, "/problems/suspended", Body: """{"username":"{outcast.name}","password":"password123"}"""),
        new("POST /v1/auth/login", 400, "username password", Body: "{}"),
        new("POST /v1/auth/refresh", 200, Tokens, Body: """{"refresh_token":"{bob.refresh}"}"""),
        new("POST /v1/auth/refresh", 401, Body: """{"refresh_token":"made up"}"""),
        new("POST /v1/auth/refresh", 400, "refresh_token", Body: "{}"),
        new("POST /v1/auth/logout", 204, Who: "fresh"),
        new("POST /v1/auth/logout", 401),
        new("GET /.well-known/jwks.json", 200, "keys"),
        new("GET /v1/users/me/export", 200, "account following followers requests_sent requests_received blocks mutes logins posts edits likes bookmarks", Who: "ann"),
        new("GET /v1/users/me/export", 401),
        new("DELETE /v1/users/me", 202, Who: "fresh", Body: """{"password":"password123"}"""),
        new("DELETE /v1/users/me", 400, "password", Who: "fresh", Body: """{"password":"password124"}"""),
        new("DELETE /v1/users/me", 400, "password", Who: "fresh", Body: "{}"),
        new("DELETE /v1/users/me", 401, Body: """{"password":"password123"}"""),
    ];

    private static Call[] Passwords() =>
    [
        new("POST /v1/auth/password", 204, Who: "fresh", Body: """{"current":"password123","new":"password124"}"""),
        new("POST /v1/auth/password", 400, "current", Who: "fresh", Body: """{"current":"password124","new":"password125"}"""),
        new("POST /v1/auth/password", 400, "new", Who: "fresh", Body: """{"current":"password123","new":"short"}"""),
        new("POST /v1/auth/password", 400, "current new", Who: "fresh", Body: "{}"),
        new("POST /v1/auth/password", 401, Body: """{"current":"password123","new":"password124"}"""),
        new("POST /v1/auth/password/forgot", 202, Body: """{"email":"{fresh.mail}"}"""),
        new("POST /v1/auth/password/forgot", 202, Body: """{"email":"{new}@example.org"}"""),
        new("POST /v1/auth/password/forgot", 400, "email", Body: """{"email":"nobody"}"""),
        new("POST /v1/auth/password/reset", 204, Body: """{"token":"{fresh.reset}","new":"password124"}"""),
        new("POST /v1/auth/password/reset", 400, "token", Body: """{"token":"made up","new":"password124"}"""),
        new("POST /v1/auth/password/reset", 400, "new", Body: """{"token":"{fresh.reset}","new":"short"}"""),
        new("POST /v1/auth/verify-email", 204, Body: """{"token":"{fresh.verify}"}"""),
        new("POST /v1/auth/verify-email", 400, "token", Body: """{"token":"made up"}"""),
        new("POST /v1/auth/verify-email", 400, "token", Body: "{}"),
    ];

    private static Call[] Profiles() =>
    [
        new("GET /v1/users/me", 200, Me, Who: "ann"),
        new("GET /v1/users/me", 401),
        new("PATCH /v1/users/me", 200, Me, Who: "ann", Body: """{"display_name":"Ann","bio":"Hello","avatar_url":"https://example.org/ann.png","is_private":false}"""),
        new("PATCH /v1/users/me", 400, "display_name bio avatar_url", Who: "ann", Body: """{"display_name":"{long:51}","bio":"{long:501}","avatar_url":"javascript:alert(1)"}"""),
        new("PATCH /v1/users/me", 400, "is_private", Who: "ann", Body: """{"is_private":"yes"}"""),
        new("PATCH /v1/users/me", 401, Body: """{"bio":"mine"}"""),
        new("GET /v1/users/{id=bob}", 200, User),
        new("GET /v1/users/{id=bob}", 200, Other, Who: "ann"),
        new("GET /v1/users/{id=1}", 404),
        new("GET /v1/users/{id=everybody}", 400, "id"),
        new("GET /v1/users/by-username/{name=bob.name}", 200, User),
        new("GET /v1/users/by-username/{name=bob.name}", 200, Other, Who: "ann"),
        new("GET /v1/users/by-username/{name=nobody_at_all}", 404),
        new("GET /v1/users/search?q={bob.name}", 200, Users, Who: "ann"),
        new("GET /v1/users/search", 400, "q", Who: "ann"),
        new("GET /v1/users/search?q=a&cursor=x&limit=0", 400, "cursor limit", Who: "ann"),
        new("GET /v1/users/search?q=a", 401),
        new("GET /v1/users/suggestions", 200, Users, Who: "ann"),
        new("GET /v1/users/suggestions?limit=101", 400, "limit", Who: "ann"),
        new("GET /v1/users/suggestions", 401),
    ];

    private static IEnumerable<Call> Graph()
    {
        foreach (var call in (string[])["PUT /v1/users/{id=#}/follow", "DELETE /v1/users/{id=#}/follow", "PUT /v1/users/{id=#}/block", "DELETE /v1/users/{id=#}/block", "PUT /v1/users/{id=#}/mute", "DELETE /v1/users/{id=#}/mute"])
        {
            yield return new Call(On(call, "culprit"), 200, Relationship, Who: "ann");
            yield return new Call(On(call, "ann"), 400, "id", Who: "ann");
            yield return new Call(On(call, "somebody"), 400, "id", Who: "ann");
            yield return new Call(On(call, "1"), 404, Who: "ann");
            yield return new Call(On(call, "bob"), 401);
        }

        yield return new Call("PUT /v1/users/{id=priv}/follow", 200, Relationship, Who: "ann", Body: """{"notify":true}""");
        yield return new Call("PUT /v1/users/{id=priv}/follow", 400, "notify", Who: "ann", Body: """{"notify":"yes"}""");
        yield return new Call("PUT /v1/users/{id=foe}/follow", 403, Who: "ann");
        yield return new Call("PUT /v1/users/{id=ann}/follow", 403, Who: "foe");
        yield return new Call("PUT /v1/users/{id=culprit}/mute", 200, Relationship, Who: "ann", Body: """{"until":"2100-01-01T00:00:00Z","reposts_only":true}""");
        yield return new Call("PUT /v1/users/{id=bob}/mute", 400, "until", Who: "ann", Body: """{"until":"2000-01-01T00:00:00Z"}""");
        foreach (var list in (string[])["GET /v1/users/{id=#}/followers", "GET /v1/users/{id=#}/following"])
        {
            yield return new Call(On(list, "bob"), 200, Users);
            yield return new Call(On(list, "priv"), 200, Users, Who: "priv");
            yield return new Call(On(list, "priv"), 403, "/problems/private-account");
            yield return new Call(On(list, "priv"), 403, "/problems/private-account", Who: "ann");
            yield return new Call(On(list, "1"), 404);
            yield return new Call(On(list, "bob") + "?cursor=x", 400, "cursor");
            yield return new Call(On(list, "bob") + "?limit=some", 400, "limit");
        }
    }

    private static IEnumerable<Call> Requests()
    {
        yield return new Call("GET /v1/follow-requests", 200, Users, Who: "priv");
        yield return new Call("GET /v1/follow-requests?cursor=x", 400, "cursor", Who: "priv");
        yield return new Call("GET /v1/follow-requests", 401);
        foreach (var call in (string[])["POST /v1/follow-requests/{user_id=#}/accept", "POST /v1/follow-requests/{user_id=#}/reject"])
        {
            yield return new Call(On(call, "asker"), 204, Who: "priv");
            yield return new Call(On(call, "bob"), 404, Who: "priv");
            yield return new Call(On(call, "somebody"), 400, "user_id", Who: "priv");
            yield return new Call(On(call, "ann"), 401);
        }
    }

    private static IEnumerable<Call> Administration()
    {
        foreach (var call in (string[])["POST /v1/admin/users/{id=#}/suspend", "POST /v1/admin/users/{id=#}/limit", "POST /v1/admin/users/{id=#}/restore"])
        {
            yield return new Call(On(call, "culprit"), 200, Standing, Who: "chief", Body: """{"reason":"spam"}""");
            yield return new Call(On(call, "culprit"), 200, Standing, Who: "chief");
            yield return new Call(On(call, "bob"), 400, "reason", Who: "chief", Body: """{"reason":"{long:501}"}""");
            yield return new Call(On(call, "somebody"), 400, "id", Who: "chief");
            yield return new Call(On(call, "1"), 404, Who: "chief");
            yield return new Call(On(call, "bob"), 403, Who: "ann");
            yield return new Call(On(call, "bob"), 401);
        }

        yield return new Call("GET /v1/admin/audit", 200, "actions next_cursor has_more", Who: "chief");
        yield return new Call("GET /v1/admin/audit?limit=0", 400, "limit", Who: "chief");
        yield return new Call("GET /v1/admin/audit", 403, Who: "ann");
        yield return new Call("GET /v1/admin/audit", 401);
    }

    private static string On(string call, string whom) => call.Replace("#", whom, StringComparison.Ordinal);
}
