using System.Net;
using System.Net.Http.Json;
using System.Text;
using Pulse.TestInfrastructure.Http;

namespace Pulse.SystemTests;

/// <summary>Bad input over every route, through the gateway: always problem+json, never an error in a log.</summary>
public sealed class BadInputTests(RunningPulse pulse) : SystemTest(pulse)
{
    private const string NoSuchId = "4611686018427387904";

    [Theory]
    [InlineData("GET", "/v1/users/me")]
    [InlineData("POST", "/v1/auth/logout")]
    [InlineData("POST", "/v1/auth/password")]
    [InlineData("PUT", "/v1/users/1/follow")]
    [InlineData("DELETE", "/v1/users/1/follow")]
    [InlineData("PUT", "/v1/users/1/block")]
    [InlineData("DELETE", "/v1/users/1/block")]
    [InlineData("PUT", "/v1/users/1/mute")]
    [InlineData("DELETE", "/v1/users/1/mute")]
    [InlineData("PATCH", "/v1/users/me")]
    [InlineData("GET", "/v1/follow-requests")]
    [InlineData("POST", "/v1/follow-requests/1/accept")]
    [InlineData("POST", "/v1/follow-requests/1/reject")]
    [InlineData("POST", "/v1/posts")]
    [InlineData("DELETE", "/v1/posts/1")]
    [InlineData("PUT", "/v1/posts/1/like")]
    [InlineData("DELETE", "/v1/posts/1/like")]
    [InlineData("PUT", "/v1/posts/1/repost")]
    [InlineData("DELETE", "/v1/posts/1/repost")]
    [InlineData("PUT", "/v1/posts/1/bookmark")]
    [InlineData("DELETE", "/v1/posts/1/bookmark")]
    [InlineData("GET", "/v1/posts/1/likes")]
    [InlineData("GET", "/v1/bookmarks")]
    [InlineData("POST", "/v1/posts/1/like")]
    [InlineData("GET", "/v1/feed")]
    [InlineData("GET", "/timeline")]
    [InlineData("POST", "/posts")]
    [InlineData("POST", "/users/follow/1")]
    public async Task AnyRoute_WithoutToken_Is401(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await Pulse.Api.SendAsync(request, Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.Unauthorized, Ct);
    }

    [Theory]
    [InlineData("GET", "/v1/users/" + NoSuchId)]
    [InlineData("GET", "/v1/users/by-username/nobody_at_all")]
    [InlineData("PUT", "/v1/users/" + NoSuchId + "/follow")]
    [InlineData("PUT", "/v1/users/" + NoSuchId + "/block")]
    [InlineData("PUT", "/v1/users/" + NoSuchId + "/mute")]
    [InlineData("POST", "/v1/follow-requests/" + NoSuchId + "/accept")]
    [InlineData("POST", "/v1/follow-requests/" + NoSuchId + "/reject")]
    [InlineData("GET", "/v1/posts/" + NoSuchId)]
    [InlineData("DELETE", "/v1/posts/" + NoSuchId)]
    [InlineData("PUT", "/v1/posts/" + NoSuchId + "/like")]
    [InlineData("DELETE", "/v1/posts/" + NoSuchId + "/like")]
    [InlineData("PUT", "/v1/posts/" + NoSuchId + "/repost")]
    [InlineData("DELETE", "/v1/posts/" + NoSuchId + "/repost")]
    [InlineData("PUT", "/v1/posts/" + NoSuchId + "/bookmark")]
    [InlineData("DELETE", "/v1/posts/" + NoSuchId + "/bookmark")]
    [InlineData("GET", "/v1/posts/" + NoSuchId + "/likes")]
    [InlineData("POST", "/v1/posts/" + NoSuchId + "/like")]
    [InlineData("GET", "/v1/users/" + NoSuchId + "/followers")]
    [InlineData("GET", "/v1/nothing/here")]
    [InlineData("GET", "/internal/users/1/graph")]
    public async Task AnyRoute_UnknownThing_Is404(string method, string path)
    {
        var user = await Pulse.NewUserAsync(Ct);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await user.Client.SendAsync(request, Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.NotFound, Ct);
    }

    [Theory]
    [InlineData("/v1/auth/signup")]
    [InlineData("/v1/auth/login")]
    [InlineData("/v1/auth/refresh")]
    [InlineData("/v1/auth/password")]
    [InlineData("/v1/auth/password/forgot")]
    [InlineData("/v1/auth/password/reset")]
    [InlineData("/v1/auth/verify-email")]
    [InlineData("/v1/posts")]
    [InlineData("/auth/signup")]
    [InlineData("/posts")]
    public async Task AnyWrite_MalformedOrMistypedJson_Is400(string path)
    {
        var user = await Pulse.NewUserAsync(Ct);
        foreach (var body in (string[])["{", "[]", "\"text\"", """{"username": 5, "content": 5, "password": []}"""])
        {
            using var answer = await user.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Ct);
            await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct);
        }
    }

    [Theory]
    [InlineData("/v1/auth/signup")]
    [InlineData("/v1/posts")]
    public async Task AnyWrite_BodyAbove64KiB_Is413(string path)
    {
        var user = await Pulse.NewUserAsync(Ct);
        var body = $$"""{"content": "{{new string('x', 70_000)}}"}""";
        using var answer = await user.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.RequestEntityTooLarge, Ct);
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"", HttpStatusCode.Created)]
    [InlineData("application/json; charset=UTF-8", HttpStatusCode.Created)]
    [InlineData("application/json; charset=bogus", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-7", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task Post_ContentType_Utf8JsonIsTakenAndAllElseRefused(string contentType, HttpStatusCode expected)
    {
        var user = await Pulse.NewUserAsync(Ct);
        using var content = new ByteArrayContent("""{"content": "hello"}"""u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var answer = await user.Client.PostAsync("/v1/posts", content, Ct);
        if (expected == HttpStatusCode.Created) Assert.Equal(expected, answer.StatusCode);
        else await ProblemJson.AssertAsync(answer, expected, Ct);
    }

    [Fact]
    public async Task Post_FewClustersOfManyMarks_Is400()
    {
        var user = await Pulse.NewUserAsync(Ct);
        using var answer = await user.Client.PostAsJsonAsync("/v1/posts", new { content = "z" + new string('\u0301', 10_000) }, Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "content");
    }

    [Theory]
    [InlineData("/v1/feed?cursor=x")]
    [InlineData("/v1/feed?limit=0")]
    [InlineData("/v1/feed?limit=101")]
    [InlineData("/v1/feed?limit=many")]
    [InlineData("/v1/feed?rank=best")]
    [InlineData("/timeline?offset=20")]
    [InlineData("/v1/users/me/followers?limit=x")]
    [InlineData("/v1/follow-requests?limit=x")]
    [InlineData("/v1/follow-requests?cursor=x")]
    public async Task AnyList_BadCursorOrLimit_Is400(string path)
    {
        var user = await Pulse.NewUserAsync(Ct);
        using var answer = await user.Client.GetAsync(path.Replace("/me/", $"/{user.Id}/", StringComparison.Ordinal), Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct);
    }

    [Fact]
    public async Task Follow_Yourself_Is400()
    {
        var user = await Pulse.NewUserAsync(Ct);
        using var answer = await user.Client.PutAsync($"/v1/users/{user.Id}/follow", content: null, Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task Post_EmptyOrTooLong_Is400(int clusters)
    {
        var user = await Pulse.NewUserAsync(Ct);
        var body = $$"""{"content": "{{string.Concat(Enumerable.Repeat("👩‍🚀", clusters))}}"}""";
        using var answer = await user.Client.PostAsync("/v1/posts", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "content");
    }
}
