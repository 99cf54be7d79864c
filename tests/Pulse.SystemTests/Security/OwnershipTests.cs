using System.Net;

namespace Pulse.SystemTests.Security;

/// <summary>What belongs to one account in the hands of another. A row for each call that changes something.</summary>
public sealed class OwnershipTests(RunningPulse pulse) : SecurityTest(pulse)
{
    /// <summary>Method, path, who calls, and what he gets. <c>{post}</c> and <c>{hidden}</c> are the owner's, public and for followers; <c>{media}</c> waits for one.</summary>
    public static TheoryData<string, string, string, HttpStatusCode> Calls => new()
    {
        { "DELETE", "/v1/posts/{post}", "other", HttpStatusCode.Forbidden },
        { "DELETE", "/v1/posts/{post}", "blocked", HttpStatusCode.NotFound },
        { "DELETE", "/v1/posts/{post}", "nobody", HttpStatusCode.Unauthorized },
        { "DELETE", "/v1/posts/{hidden}", "other", HttpStatusCode.NotFound },
        { "GET", "/v1/posts/{hidden}", "other", HttpStatusCode.NotFound },
        { "GET", "/v1/posts/{hidden}", "nobody", HttpStatusCode.NotFound },
        { "GET", "/v1/posts/{post}", "blocked", HttpStatusCode.NotFound },
        { "PUT", "/v1/posts/{hidden}/like", "other", HttpStatusCode.NotFound },
        { "PUT", "/v1/posts/{post}/like", "blocked", HttpStatusCode.NotFound },
        { "PUT", "/v1/posts/{post}/like", "nobody", HttpStatusCode.Unauthorized },
        { "DELETE", "/v1/posts/{post}/like", "nobody", HttpStatusCode.Unauthorized },
        { "PUT", "/v1/posts/{hidden}/repost", "other", HttpStatusCode.NotFound },
        { "PUT", "/v1/posts/{post}/repost", "blocked", HttpStatusCode.NotFound },
        { "PUT", "/v1/posts/{post}/repost", "nobody", HttpStatusCode.Unauthorized },
        { "DELETE", "/v1/posts/{post}/repost", "nobody", HttpStatusCode.Unauthorized },
        { "PUT", "/v1/posts/{hidden}/bookmark", "other", HttpStatusCode.NotFound },
        { "PUT", "/v1/posts/{post}/bookmark", "blocked", HttpStatusCode.NotFound },
        { "PUT", "/v1/posts/{post}/bookmark", "nobody", HttpStatusCode.Unauthorized },
        { "DELETE", "/v1/posts/{post}/bookmark", "nobody", HttpStatusCode.Unauthorized },
        { "GET", "/v1/posts/{hidden}/likes", "other", HttpStatusCode.NotFound },
        { "GET", "/v1/posts/{post}/likes", "blocked", HttpStatusCode.NotFound },
        { "GET", "/v1/bookmarks", "nobody", HttpStatusCode.Unauthorized },
        { "POST", "/v1/posts", "nobody", HttpStatusCode.Unauthorized },
        { "GET", "/v1/media/{media}", "other", HttpStatusCode.NotFound },
        { "PATCH", "/v1/media/{media}", "other", HttpStatusCode.NotFound },
        { "DELETE", "/v1/media/{media}", "other", HttpStatusCode.NotFound },
        { "DELETE", "/v1/media/{media}", "nobody", HttpStatusCode.Unauthorized },
        { "POST", "/v1/media", "nobody", HttpStatusCode.Unauthorized },
        { "PUT", "/v1/users/{owner}/follow", "blocked", HttpStatusCode.Forbidden },
        { "PUT", "/v1/users/{owner}/follow", "nobody", HttpStatusCode.Unauthorized },
        { "PUT", "/v1/users/{owner}/block", "nobody", HttpStatusCode.Unauthorized },
        { "POST", "/v1/auth/logout", "nobody", HttpStatusCode.Unauthorized },
        { "POST", "/v1/admin/users/{owner}/suspend", "other", HttpStatusCode.Forbidden },
        { "POST", "/v1/admin/users/{owner}/limit", "other", HttpStatusCode.Forbidden },
        { "POST", "/v1/admin/users/{owner}/restore", "other", HttpStatusCode.Forbidden },
        { "GET", "/v1/admin/audit", "other", HttpStatusCode.Forbidden },
        { "POST", "/v1/admin/users/{owner}/suspend", "nobody", HttpStatusCode.Unauthorized },
        { "GET", "/v1/admin/reports", "other", HttpStatusCode.Forbidden },
        { "GET", "/v1/admin/reports/audit", "other", HttpStatusCode.Forbidden },
        { "POST", "/v1/admin/reports/1/resolve", "other", HttpStatusCode.Forbidden },
        { "POST", "/v1/admin/reports/1/resolve", "nobody", HttpStatusCode.Unauthorized },
        { "POST", "/v1/reports", "nobody", HttpStatusCode.Unauthorized },
        { "POST", "/v1/follow-requests/{owner}/accept", "other", HttpStatusCode.NotFound },
        { "PATCH", "/v1/users/me", "nobody", HttpStatusCode.Unauthorized },
        { "DELETE", "/v1/users/me", "nobody", HttpStatusCode.Unauthorized },
        { "GET", "/v1/users/me/export", "nobody", HttpStatusCode.Unauthorized },
        { "GET", "/v1/users/search?q=a", "nobody", HttpStatusCode.Unauthorized },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_OfAnother_IsRefusedAndChangesNothing(string method, string path, string who, HttpStatusCode expected)
    {
        var cast = await CastAsync();
        var token = who switch { "other" => cast.Other.Access, "blocked" => cast.Blocked.Access, _ => null };
        var target = path.Replace("{post}", cast.Post, StringComparison.Ordinal).Replace("{hidden}", cast.Hidden, StringComparison.Ordinal)
            .Replace("{owner}", cast.Owner.Id, StringComparison.Ordinal).Replace("{media}", cast.Media, StringComparison.Ordinal);

        using var answer = await SendAsync(method, target, token, method is "POST" or "PATCH" ? Json(new { content = "mine now", alt_text = "mine now" }) : null);

        await RefusedAsync(answer, expected);
        foreach (var post in (string[])[cast.Post, cast.Hidden])
        {
            using var still = await SendAsync("GET", $"/v1/posts/{post}", cast.Owner.Access);
            Assert.Equal("his", (await still.MustJsonAsync(Ct)).GetProperty("content").GetString());
        }

        using var picture = await SendAsync("GET", $"/v1/media/{cast.Media}", cast.Owner.Access);
        Assert.Equal("his", (await picture.MustJsonAsync(Ct)).GetProperty("alt_text").GetString());
    }

    [Fact]
    public async Task Post_WithAPictureOfAnother_IsRefused()
    {
        var cast = await CastAsync();

        using var answer = await SendAsync("POST", "/v1/posts", cast.Other.Access, Json(new { content = "mine now", media_ids = new[] { cast.Media } }));

        await RefusedAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Author_NamedInABody_IsTheCallerAllTheSame()
    {
        var cast = await CastAsync();

        using var answer = await SendAsync("POST", "/v1/posts", cast.Other.Access, Json(new { content = "whose?", author_id = cast.Owner.Id, author = cast.Owner.Id, user_id = cast.Owner.Id, id = cast.Post }));

        var post = await answer.MustJsonAsync(Ct);
        Assert.Equal(cast.Other.Id, post.GetProperty("author").GetProperty("id").GetString());
        Assert.NotEqual(cast.Post, post.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Signup_WithFieldsOfTheService_GetsNoneOfThem()
    {
        var (username, password) = ($"eager_{Random.Shared.Next():x}", UsedSecrets.New("password"));

        using var answer = await SendAsync("POST", "/v1/auth/signup", body: Json(new
        {
            username,
            email = $"{username}@example.org",
            password,
            id = "1",
            role = "admin",
            roles = new[] { "admin" },
            is_admin = true,
            followers_count = 1_000_000,
            is_celebrity = true,
            created_at = "2000-01-01T00:00:00Z",
        }));

        var user = await answer.MustJsonAsync(Ct);
        Assert.NotEqual("1", user.GetProperty("id").GetString());
        Assert.Equal(0, user.GetProperty("followers_count").GetInt64());
        Assert.False(user.GetProperty("is_celebrity").GetBoolean());
        var (access, _) = await LogInAsync(username, password);
        var claims = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(access.Split('.')[1]));
        Assert.DoesNotContain("admin", claims, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logout_OfOne_LeavesTheOthersIn()
    {
        var (owner, other) = (await NewAccountAsync(), await NewAccountAsync());

        using var logout = await SendAsync("POST", "/v1/auth/logout", other.Access, Json(new { refresh_token = owner.Refresh, user_id = owner.Id }));

        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        using var refresh = await SendAsync("POST", "/v1/auth/refresh", body: Json(new { refresh_token = owner.Refresh }));
        Pair(await refresh.MustJsonAsync(Ct));
    }

    private static Cast? _cast;

    private async Task<Cast> CastAsync()
    {
        if (_cast is not null) return _cast;

        var (owner, other, blocked) = (await NewAccountAsync(), await NewAccountAsync(), await NewAccountAsync());
        using var block = await SendAsync("PUT", $"/v1/users/{blocked.Id}/block", owner.Access);
        await block.MustJsonAsync(Ct);
        return _cast = new Cast(owner, other, blocked, await PostAsync(owner, "public"), await PostAsync(owner, "followers"), await AnnounceAsync(owner));
    }

    private async Task<string> PostAsync(Account owner, string visibility)
    {
        using var answer = await SendAsync("POST", "/v1/posts", owner.Access, Json(new { content = "his", visibility }));
        return (await answer.MustJsonAsync(Ct)).GetProperty("id").GetString()!;
    }

    private async Task<string> AnnounceAsync(Account owner)
    {
        using var answer = await SendAsync("POST", "/v1/media", owner.Access, Json(new { content_type = "image/png", size_bytes = 100, alt_text = "his" }));
        return (await answer.MustJsonAsync(Ct)).GetProperty("media_id").GetString()!;
    }

    private sealed record Cast(Account Owner, Account Other, Account Blocked, string Post, string Hidden, string Media);
}
