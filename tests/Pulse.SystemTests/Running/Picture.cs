using System.Net.Http.Json;

namespace Pulse.SystemTests.Running;

/// <summary>A picture, and how any client of HTTP uploads it.</summary>
internal static class Picture
{
    /// <summary>One pixel.</summary>
    public static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    /// <returns>The id of the upload.</returns>
    public static async Task<string> UploadAsync(this PulseUser user, CancellationToken ct, string? altText = null)
    {
        using var answer = await user.Client.PostAsJsonAsync("/v1/media", new { content_type = "image/png", size_bytes = Png.Length, alt_text = altText }, ct);
        var created = await answer.MustJsonAsync(ct);
        var upload = created.GetProperty("upload");
        using var request = new HttpRequestMessage(HttpMethod.Parse(upload.GetProperty("method").GetString()!), upload.GetProperty("url").GetString()) { Content = new ByteArrayContent(Png) };
        foreach (var header in upload.GetProperty("headers").EnumerateObject())
        {
            if (!request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString())) request.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
        }

        using var client = new HttpClient();
        using var stored = await client.SendAsync(request, ct);
        Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync(ct));
        return created.GetProperty("media_id").GetString()!;
    }
}
