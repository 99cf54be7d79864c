using System.Net;
using System.Text.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Media;

public sealed class PictureTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    public async Task Picture_UploadedPostedAndDeleted_IsServedAsLongAsItsPostStands()
    {
        var (author, follower) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await follower.FollowAsync(author, Ct);
        var upload = await author.UploadAsync(Ct, "A single pixel");

        var post = await author.PostAsync(new { media_ids = (string[])[upload] }, Ct);

        await follower.FeedUntilAsync(page => page.Ids.Contains(post), "the post has arrived", Ct);
        using var feed = await follower.Client.GetAsync("/v1/feed", Ct);
        var shown = (await feed.MustJsonAsync(Ct)).GetProperty("posts").EnumerateArray().Single(each => each.GetProperty("id").GetString() == post);
        var picture = Assert.Single(shown.GetProperty("media").EnumerateArray());
        Assert.Equal(
            (upload, "image/png", 1, 1, "A single pixel"),
            (Text(picture, "id"), Text(picture, "content_type"), picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32(), Text(picture, "alt_text")));
        using var client = new HttpClient();
        var url = new Uri(Text(picture, "url")!);
        Assert.Equal(Picture.Png, await client.GetByteArrayAsync(url, Ct));

        await author.DeleteAsync(post, Ct);

        await Until.TrueAsync(
            async () =>
            {
                using var gone = await client.GetAsync(url, Ct);
                return gone.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden;
            },
            "the picture is not served any more",
            Ct);
    }

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
