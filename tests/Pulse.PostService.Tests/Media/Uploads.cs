using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Pulse.PostService.Tests.Media;

/// <summary>What an upload's owner does: announce it here, put it there, with a client that knows nothing of Pulse.</summary>
internal static class Uploads
{
    private static readonly HttpClient Plain = new();

    public static Task<HttpResponseMessage> AnnounceAsync(this TestUser user, object body, CancellationToken ct) => user.Client.PostAsJsonAsync("/v1/media", body, ct);

    public static async Task<Announced> AnnounceAsync(this TestUser user, byte[] picture, CancellationToken ct, string contentType = "image/png", string? altText = null)
    {
        using var answer = await user.AnnounceAsync(new { content_type = contentType, size_bytes = picture.Length, alt_text = altText }, ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        var upload = body.GetProperty("upload");
        return new Announced(
            body.GetProperty("media_id").GetString()!,
            upload.GetProperty("method").GetString()!,
            new Uri(upload.GetProperty("url").GetString()!),
            upload.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase),
            upload.GetProperty("expires_at").GetDateTimeOffset());
    }

    /// <summary>Announces a picture and uploads it.</summary>
    public static async Task<string> UploadAsync(this TestUser user, byte[] picture, CancellationToken ct, string contentType = "image/png")
    {
        var announced = await user.AnnounceAsync(picture, ct, contentType);
        Assert.Equal(HttpStatusCode.OK, await announced.PutAsync(picture, ct));
        return announced.Id;
    }

    public static async Task<HttpStatusCode> PutAsync(this Announced upload, byte[] bytes, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(upload.Method), upload.Url) { Content = new ByteArrayContent(bytes) };
        foreach (var (name, value) in upload.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.Add(name, value);
        }

        using var answer = await Plain.SendAsync(request, ct);
        return answer.StatusCode;
    }

    public static async Task<(HttpStatusCode Status, MediaTypeHeaderValue? Type, byte[] Bytes)> GetAsync(Uri url, CancellationToken ct)
    {
        using var answer = await Plain.GetAsync(url, ct);
        return (answer.StatusCode, answer.Content.Headers.ContentType, await answer.Content.ReadAsByteArrayAsync(ct));
    }

    /// <summary>How far an upload is, and why.</summary>
    public static async Task<JsonElement> StateAsync(this TestUser user, string mediaId, CancellationToken ct) =>
        await user.Client.GetFromJsonAsync<JsonElement>($"/v1/media/{mediaId}", ct);

    /// <summary>Publishes a post that must be taken.</summary>
    public static async Task<JsonElement> PublishWithAsync(this TestUser user, string mediaId, CancellationToken ct)
    {
        using var answer = await user.PostAsync(new { media_ids = new[] { mediaId } }, ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
    }
}

/// <summary>The answer to an announcement.</summary>
internal sealed record Announced(string Id, string Method, Uri Url, Dictionary<string, string> Headers, DateTimeOffset ExpiresAt)
{
    /// <summary>Where the object will be, without the signature.</summary>
    public Uri Object => new(Url.GetLeftPart(UriPartial.Path));
}
