using System.Net.Http.Json;
using System.Text.Json;

namespace Pulse.PostService.Tests;

public sealed class OpenApiTests(PostsApp app)
{
    [Fact]
    public async Task Document_Anonymous_DescribesPublicRoutesWithIdsAsStrings()
    {
        var ct = TestContext.Current.CancellationToken;
        using var client = app.Client(token: null);

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", ct);

        Assert.Equal(
            [
                "/v1/admin/reports", "/v1/admin/reports/audit", "/v1/admin/reports/{id}/resolve", "/v1/bookmarks", "/v1/explore", "/v1/media", "/v1/media/{id}", "/v1/posts", "/v1/posts/{id}",
                "/v1/posts/{id}/bookmark", "/v1/posts/{id}/edits", "/v1/posts/{id}/like", "/v1/posts/{id}/likes", "/v1/posts/{id}/repost", "/v1/posts/{id}/thread", "/v1/reports", "/v1/search/posts",
                "/v1/tags/{tag}/posts", "/v1/users/{id}/posts",
            ],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Contains("string", JsonSerializer.Serialize(Resolve(schemas, schemas.GetProperty("PostResponse").GetProperty("properties").GetProperty("id"))), StringComparison.Ordinal);
        Assert.Contains("in_reply_to", JsonSerializer.Serialize(schemas.GetProperty("CreatePostRequest")), StringComparison.Ordinal);
    }

    private static JsonElement Resolve(JsonElement schemas, JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? schemas.GetProperty(reference.GetString()!.Split('/')[^1]) : schema;
}
