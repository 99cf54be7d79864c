using System.Net;
using System.Net.Http.Json;
using System.Text;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

/// <summary>Every route, every way to ask it wrongly; the answer is a problem that names the field.</summary>
public sealed class BadInputTests(PostsApp app)
{
    private const string Internal = "internal";
    private const string Token = "token";
    private const string None = "none";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string?, HttpStatusCode, string> Cases => new()
    {
        { Token, "POST", "/v1/posts", "{\"content\":", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", "not json", HttpStatusCode.BadRequest, "body" },
        { Token, "POST", "/v1/posts", "", HttpStatusCode.BadRequest, "body" },
        { Token, "POST", "/v1/posts", "null", HttpStatusCode.BadRequest, "body" },
        { Token, "POST", "/v1/posts", "[]", HttpStatusCode.BadRequest, "body" },
        { Token, "POST", "/v1/posts", "{}", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":""}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":" \n\t\u00a0 "}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":null}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":42}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":["a"]}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":"a\u0000b"}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":"\ud800"}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"text":42}""", HttpStatusCode.BadRequest, "text" },
        { Token, "POST", "/v1/posts", """{"content":"a","visibility":"secret"}""", HttpStatusCode.BadRequest, "visibility" },
        { Token, "POST", "/v1/posts", """{"content":"a","visibility":"followers,mentioned"}""", HttpStatusCode.BadRequest, "visibility" },
        { Token, "POST", "/v1/posts", "{\"content\":\"\u200b\u202e \u2060\"}", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":"a","visibility":1}""", HttpStatusCode.BadRequest, "visibility" },
        { Token, "POST", "/v1/posts", """{"content":"a","vis":true}""", HttpStatusCode.BadRequest, "vis" },
        { Token, "POST", "/v1/posts", """{"content":"a","in_reply_to":42}""", HttpStatusCode.BadRequest, "in_reply_to" },
        { Token, "POST", "/v1/posts", """{"content":"a","in_reply_to":"abc"}""", HttpStatusCode.BadRequest, "in_reply_to" },
        { Token, "POST", "/v1/posts", """{"content":"a","in_reply_to":"-1"}""", HttpStatusCode.BadRequest, "in_reply_to" },
        { Token, "POST", "/v1/posts", """{"content":"a","in_reply_to":"42"}""", HttpStatusCode.BadRequest, "in_reply_to" },
        { Token, "POST", "/v1/posts", """{"content":"a","repost_of":"42","in_reply_to":"43","visibility":"followers"}""", HttpStatusCode.BadRequest, "content repost_of visibility" },
        { Token, "POST", "/v1/posts", """{"repost_of":"42"}""", HttpStatusCode.BadRequest, "repost_of" },
        { Token, "POST", "/v1/posts", """{"repost_of":42}""", HttpStatusCode.BadRequest, "" },
        { Token, "POST", "/v1/posts", """{"content":"","quote_of":"42"}""", HttpStatusCode.BadRequest, "content" },
        { Token, "POST", "/v1/posts", """{"content":"a","quote_of":"42","in_reply_to":"43"}""", HttpStatusCode.BadRequest, "in_reply_to quote_of" },
        { Token, "POST", "/v1/posts", """{"content":"","media_ids":["1","2","3","4","5"]}""", HttpStatusCode.BadRequest, "media_ids" },
        { Token, "POST", "/v1/posts", """{"content":"a","media_ids":["1","1"]}""", HttpStatusCode.BadRequest, "media_ids" },
        { Token, "PATCH", "/v1/posts/42", """{"content":"a"}""", HttpStatusCode.NotFound, "" },
        { Token, "POST", "/v1/posts", """{"content":"a","media_refs":["1"]}""", HttpStatusCode.BadRequest, "media_ids" },
        { Token, "POST", "/v1/posts", """{"media_ids":["1"]}""", HttpStatusCode.BadRequest, "media_ids" },
        { Token, "POST", "/v1/posts", """{"content":"a","media_ids":[1]}""", HttpStatusCode.BadRequest, "media_ids[0]" },
        { Token, "POST", "/v1/posts", """{"content":"a","media_ids":"1"}""", HttpStatusCode.BadRequest, "media_ids" },
        { Token, "POST", "/v1/posts", """{"content":"a","media_ids":["abc"]}""", HttpStatusCode.BadRequest, "media_ids[0]" },
        { Token, "POST", "/v1/media", "{}", HttpStatusCode.BadRequest, "content_type size_bytes" },
        { Token, "POST", "/v1/media", "", HttpStatusCode.BadRequest, "body" },
        { Token, "POST", "/v1/media", """{"content_type":"image/svg+xml","size_bytes":10}""", HttpStatusCode.BadRequest, "content_type" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png; charset=utf-8","size_bytes":10}""", HttpStatusCode.BadRequest, "content_type" },
        { Token, "POST", "/v1/media", """{"content_type":7,"size_bytes":10}""", HttpStatusCode.BadRequest, "content_type" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png"}""", HttpStatusCode.BadRequest, "size_bytes" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":0}""", HttpStatusCode.BadRequest, "size_bytes" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":-1}""", HttpStatusCode.BadRequest, "size_bytes" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":8388609}""", HttpStatusCode.BadRequest, "size_bytes" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":"10"}""", HttpStatusCode.BadRequest, "size_bytes" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":1.5}""", HttpStatusCode.BadRequest, "size_bytes" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":99999999999999999999}""", HttpStatusCode.BadRequest, "size_bytes" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":10,"alt_text":"a\u0000b"}""", HttpStatusCode.BadRequest, "alt_text" },
        { Token, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":10,"alt_text":7}""", HttpStatusCode.BadRequest, "alt_text" },
        { None, "POST", "/v1/media", """{"content_type":"image/png","size_bytes":10}""", HttpStatusCode.Unauthorized, "" },
        { Token, "GET", "/v1/media/42", null, HttpStatusCode.NotFound, "" },
        { Token, "GET", "/v1/media/abc", null, HttpStatusCode.BadRequest, "id" },
        { None, "GET", "/v1/media/42", null, HttpStatusCode.Unauthorized, "" },
        { Token, "PATCH", "/v1/media/42", """{"alt_text":"a"}""", HttpStatusCode.NotFound, "" },
        { Token, "PATCH", "/v1/media/42", """{"alt_text":7}""", HttpStatusCode.BadRequest, "alt_text" },
        { Token, "PATCH", "/v1/media/42", "{}", HttpStatusCode.BadRequest, "alt_text" },
        { Token, "PATCH", "/v1/media/42", "[]", HttpStatusCode.BadRequest, "body" },
        { None, "PATCH", "/v1/media/42", """{"alt_text":"a"}""", HttpStatusCode.Unauthorized, "" },
        { Token, "DELETE", "/v1/media/42", null, HttpStatusCode.NotFound, "" },
        { Token, "DELETE", "/v1/media/0", null, HttpStatusCode.BadRequest, "id" },
        { None, "DELETE", "/v1/media/42", null, HttpStatusCode.Unauthorized, "" },
        { None, "POST", "/v1/posts", """{"content":"a"}""", HttpStatusCode.Unauthorized, "" },
        { "expired", "POST", "/v1/posts", """{"content":"a"}""", HttpStatusCode.Unauthorized, "" },
        { "forged", "POST", "/v1/posts", """{"content":"a"}""", HttpStatusCode.Unauthorized, "" },
        { Token, "PUT", "/v1/posts", """{"content":"a"}""", HttpStatusCode.MethodNotAllowed, "" },
        { Token, "GET", "/v1/posts/42", null, HttpStatusCode.NotFound, "" },
        { None, "GET", "/v1/posts/42", null, HttpStatusCode.NotFound, "" },
        { None, "GET", "/v1/posts/abc", null, HttpStatusCode.BadRequest, "id" },
        { None, "GET", "/v1/posts/0", null, HttpStatusCode.BadRequest, "id" },
        { None, "GET", "/v1/posts/99999999999999999999", null, HttpStatusCode.BadRequest, "id" },
        { Token, "DELETE", "/v1/posts/42", null, HttpStatusCode.NotFound, "" },
        { Token, "DELETE", "/v1/posts/abc", null, HttpStatusCode.BadRequest, "id" },
        { None, "DELETE", "/v1/posts/42", null, HttpStatusCode.Unauthorized, "" },
        { "expired", "DELETE", "/v1/posts/42", null, HttpStatusCode.Unauthorized, "" },
        { None, "GET", "/v1/users/42/posts", null, HttpStatusCode.NotFound, "" },
        { None, "GET", "/v1/users/abc/posts", null, HttpStatusCode.BadRequest, "id" },
        { None, "GET", "/v1/users/42/posts?limit=0", null, HttpStatusCode.BadRequest, "limit" },
        { None, "GET", "/v1/users/42/posts?limit=101", null, HttpStatusCode.BadRequest, "limit" },
        { None, "GET", "/v1/users/42/posts?limit=ten", null, HttpStatusCode.BadRequest, "limit" },
        { None, "GET", "/v1/users/42/posts?limit=", null, HttpStatusCode.BadRequest, "limit" },
        { None, "GET", "/v1/users/42/posts?cursor=42", null, HttpStatusCode.BadRequest, "cursor" },
        { None, "GET", "/v1/users/42/posts?cursor=", null, HttpStatusCode.BadRequest, "cursor" },
        { None, "GET", "/v1/users/42/posts?cursor=AQAAAAAAAAAq", null, HttpStatusCode.BadRequest, "cursor" },
        { Token, "GET", "/v1/posts/42/thread", null, HttpStatusCode.NotFound, "" },
        { None, "GET", "/v1/posts/42/thread", null, HttpStatusCode.Unauthorized, "" },
        { Token, "GET", "/v1/posts/abc/thread", null, HttpStatusCode.BadRequest, "id" },
        { Token, "GET", "/v1/posts/42/thread?limit=101&cursor=x", null, HttpStatusCode.BadRequest, "limit cursor" },
        { None, "GET", "/v1/tags/pulse/posts", null, HttpStatusCode.Unauthorized, "" },
        { Token, "GET", "/v1/tags/1/posts", null, HttpStatusCode.BadRequest, "tag" },
        { Token, "GET", "/v1/tags/%23/posts", null, HttpStatusCode.BadRequest, "tag" },
        { Token, "GET", "/v1/tags/a%20b/posts", null, HttpStatusCode.BadRequest, "tag" },
        { Token, "GET", "/v1/tags/pulse/posts?limit=0&cursor=", null, HttpStatusCode.BadRequest, "limit cursor" },
        { None, "GET", "/v1/search/posts?q=pulse", null, HttpStatusCode.Unauthorized, "" },
        { Token, "GET", "/v1/search/posts", null, HttpStatusCode.BadRequest, "q" },
        { Token, "GET", "/v1/search/posts?q=%20", null, HttpStatusCode.BadRequest, "q" },
        { Token, "GET", "/v1/search/posts?q=a%00b", null, HttpStatusCode.BadRequest, "q" },
        { Token, "GET", $"/v1/search/posts?q={new string('a', 201)}", null, HttpStatusCode.BadRequest, "q" },
        { Token, "GET", "/v1/search/posts?q=pulse&limit=101&cursor=42", null, HttpStatusCode.BadRequest, "limit cursor" },
        { None, "GET", "/v1/explore", null, HttpStatusCode.Unauthorized, "" },
        { Token, "GET", "/v1/explore?limit=ten&cursor=AQAAAAAAAAAq", null, HttpStatusCode.BadRequest, "limit cursor" },
        { None, "GET", "/v1/unknown", null, HttpStatusCode.NotFound, "" },
        { Token, "POST", "/internal/posts/batch", """{"ids":["42"]}""", HttpStatusCode.Unauthorized, "" },
        { None, "GET", "/internal/authors/42/posts", null, HttpStatusCode.Unauthorized, "" },
        { None, "GET", "/internal/authors/42/summary", null, HttpStatusCode.Unauthorized, "" },
        { Internal, "POST", "/internal/posts/batch", "{}", HttpStatusCode.BadRequest, "ids" },
        { Internal, "POST", "/internal/posts/batch", """{"ids":null}""", HttpStatusCode.BadRequest, "ids" },
        { Internal, "POST", "/internal/posts/batch", """{"ids":[42]}""", HttpStatusCode.BadRequest, "ids[0]" },
        { Internal, "POST", "/internal/posts/batch", "not json", HttpStatusCode.BadRequest, "body" },
        { Internal, "GET", "/internal/authors/abc/posts", null, HttpStatusCode.BadRequest, "id" },
        { Internal, "GET", "/internal/authors/42/posts?before=abc", null, HttpStatusCode.BadRequest, "before" },
        { Internal, "GET", "/internal/authors/42/posts?limit=0", null, HttpStatusCode.BadRequest, "limit" },
        { Internal, "GET", "/internal/authors/42/posts?limit=501", null, HttpStatusCode.BadRequest, "limit" },
        { Internal, "GET", "/internal/authors/42/posts?limit=ten", null, HttpStatusCode.BadRequest, "limit" },
        { Internal, "GET", "/internal/authors/abc/summary", null, HttpStatusCode.BadRequest, "id" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AnyRoute_BadInput_IsAProblem(string caller, string method, string path, string? body, HttpStatusCode status, string fields)
    {
        using var client = ClientOf(caller);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(answer, status, Ct, fields.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Create_BodyOver64KiB_IsRefusedAs413()
    {
        var body = $$"""{"content":"{{new string('a', 64 * 1024)}}"}""";
        using var answer = await app.NewUser().Client.PostAsync(new Uri("/v1/posts", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.RequestEntityTooLarge, Ct);
    }

    [Fact]
    public async Task Announce_TextOver1000Characters_IsRefused()
    {
        using var answer = await app.NewUser().Client.PostAsJsonAsync("/v1/media", new { content_type = "image/png", size_bytes = 1, alt_text = new string('a', 1_001) }, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "alt_text");
    }

    [Fact]
    public async Task Create_NotJson_IsRefusedAs415()
    {
        using var answer = await app.NewUser().Client.PostAsync(new Uri("/v1/posts", UriKind.Relative), new StringContent("content=a"), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.UnsupportedMediaType, Ct);
    }

    [Fact]
    public async Task Batch_MoreThan500Ids_IsRefused()
    {
        using var client = ClientOf(Internal);
        var body = $$"""{"ids":[{{string.Join(',', Enumerable.Range(1, 501).Select(id => $"\"{id}\""))}}]}""";

        using var answer = await client.PostAsync(new Uri("/internal/posts/batch", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "ids");
    }

    private HttpClient ClientOf(string caller)
    {
        var user = new UserId(7);
        return caller switch
        {
            Internal => app.InternalClient(),
            None => app.Client(token: null),
            "expired" => app.Client(app.Tokens.Expired(user, "late")),
            "forged" => Forged(user),
            _ => app.Client(app.Tokens.For(user, "someone")),
        };
    }

    private HttpClient Forged(UserId user)
    {
        using var others = new TestTokens();
        return app.Client(others.For(user, "mallory"));
    }
}
