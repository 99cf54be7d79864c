using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Media;

public sealed class UploadTests(PostsApp app) : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await app.StartStoreAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/jpeg")]
    [InlineData("image/gif")]
    [InlineData("image/webp")]
    public async Task Upload_AsAnnounced_IsInThePostAndItsBytesComeBack(string contentType)
    {
        var (alice, bob) = (app.NewUser("alice"), app.NewUser("bob"));
        var picture = Pictures.Make(contentType, 120, 80);

        var announced = await alice.AnnounceAsync(picture, Ct, contentType, " two ducks ");
        Assert.InRange(announced.ExpiresAt - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));
        Assert.Equal("waiting", (await alice.StateAsync(announced.Id, Ct)).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.OK, await announced.PutAsync(picture, Ct));
        Assert.Equal("ready", (await alice.StateAsync(announced.Id, Ct)).GetProperty("state").GetString());
        var post = await alice.PublishWithAsync(announced.Id, Ct);

        Assert.Equal("", post.GetProperty("content").GetString());
        var media = Assert.Single(post.GetProperty("media").EnumerateArray());
        Assert.Equal(announced.Id, media.GetProperty("id").GetString());
        Assert.Equal(contentType, media.GetProperty("content_type").GetString());
        Assert.Equal((120, 80), (media.GetProperty("width").GetInt32(), media.GetProperty("height").GetInt32()));
        Assert.Equal("two ducks", media.GetProperty("alt_text").GetString());
        var (status, type, bytes) = await Uploads.GetAsync(new Uri(media.GetProperty("url").GetString()!), Ct);
        Assert.Equal((HttpStatusCode.OK, contentType), (status, type?.MediaType));
        Assert.Equal(picture, bytes);
        var shown = await bob.Client.GetFromJsonAsync<JsonElement>($"/v1/posts/{post.GetProperty("id").GetString()}", Ct);
        Assert.True(JsonElement.DeepEquals(post.GetProperty("media"), shown.GetProperty("media")));
        var state = await alice.StateAsync(announced.Id, Ct);
        Assert.Equal(("attached", post.GetProperty("id").GetString()), (state.GetProperty("state").GetString(), state.GetProperty("post_id").GetString()));
    }

    [Fact]
    public async Task Post_SeveralPictures_HasThemInItsOrder()
    {
        var alice = app.NewUser();
        string[] ids = [await alice.UploadAsync(Pictures.Png(1, 1), Ct), await alice.UploadAsync(Pictures.Png(2, 2), Ct), await alice.UploadAsync(Pictures.Png(3, 3), Ct)];
        string[] order = [ids[2], ids[0], ids[1]];

        using var answer = await alice.PostAsync(new { text = "three", media_refs = order }, Ct);

        answer.EnsureSuccessStatusCode();
        var post = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(order, post.GetProperty("media").EnumerateArray().Select(media => media.GetProperty("id").GetString()));
        var snapshot = (await app.BatchAsync(Ct, PostId.Parse(post.GetProperty("id").GetString()!, provider: null))).Posts.Single();
        Assert.Equal([3, 1, 2], snapshot.Media!.Select(media => media.Width!.Value));
    }

    public static TheoryData<string> OtherRequests =>
        ["another type", "one byte more", "one byte less", "no length", "the key of another upload", "no condition", "another cache control", "no signature", "a longer life", "metadata", "another method"];

    [Theory]
    [MemberData(nameof(OtherRequests))]
    public async Task Put_OtherThanAnnounced_IsRefusedAndNothingIsThere(string what)
    {
        var alice = app.NewUser();
        var picture = Pictures.Png();
        var (announced, other) = (await alice.AnnounceAsync(picture, Ct), await alice.AnnounceAsync(picture, Ct));
        using var request = new HttpRequestMessage(HttpMethod.Put, announced.Url) { Content = new ByteArrayContent(picture) };
        request.Content.Headers.ContentType = new("image/png");
        request.Headers.TryAddWithoutValidation("if-none-match", announced.Headers["if-none-match"]);
        request.Headers.TryAddWithoutValidation("cache-control", announced.Headers["cache-control"]);
        switch (what)
        {
            case "another type": request.Content.Headers.ContentType = new("text/html"); break;
            case "one byte more": (request.Content = new ByteArrayContent([.. picture, 0])).Headers.ContentType = new("image/png"); break;
            case "one byte less": (request.Content = new ByteArrayContent(picture[1..])).Headers.ContentType = new("image/png"); break;
            case "no length": request.Headers.TransferEncodingChunked = true; break;
            case "the key of another upload": request.RequestUri = new UriBuilder(announced.Url) { Path = other.Url.AbsolutePath }.Uri; break;
            case "no condition": request.Headers.Remove("if-none-match"); break;
            case "another cache control": request.Headers.CacheControl = new() { MaxAge = TimeSpan.FromDays(365) }; break;
            case "no signature": request.RequestUri = announced.Object; break;
            case "a longer life": request.RequestUri = new Uri(announced.Url.AbsoluteUri.Replace("X-Amz-Expires=", "X-Amz-Expires=9", StringComparison.Ordinal)); break;
            case "metadata": request.Headers.Add("x-amz-meta-origin", "elsewhere"); break;
            default: request.Method = HttpMethod.Delete; break;
        }

        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Uploads.GetAsync(announced.Object, Ct)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Uploads.GetAsync(other.Object, Ct)).Status);
        // Nothing of that was the link's fault: it is still good for what was announced.
        Assert.Equal(HttpStatusCode.OK, await announced.PutAsync(picture, Ct));
    }

    [Fact]
    public async Task Put_ASecondTime_ChangesNothing()
    {
        var alice = app.NewUser();
        var picture = Pictures.Png();
        var announced = await alice.AnnounceAsync(picture, Ct);
        Assert.Equal(HttpStatusCode.OK, await announced.PutAsync(picture, Ct));

        Assert.Equal(HttpStatusCode.PreconditionFailed, await announced.PutAsync(new byte[picture.Length], Ct));

        Assert.Equal(picture, (await Uploads.GetAsync(announced.Object, Ct)).Bytes);
    }

    [Fact]
    public async Task Store_WithoutASignature_ListsNothingAndDeletesNothing()
    {
        var alice = app.NewUser();
        var announced = await alice.AnnounceAsync(Pictures.Png(), Ct);
        await announced.PutAsync(Pictures.Png(), Ct);
        using var client = new HttpClient();

        using var list = await client.GetAsync(new Uri(announced.Url, "/pulse-media?list-type=2"), Ct);
        using var delete = await client.DeleteAsync(announced.Object, Ct);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (list.StatusCode, delete.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await Uploads.GetAsync(announced.Object, Ct)).Status);
    }

    [Fact]
    public async Task Describe_BeforeThePost_IsWhatThePostSays()
    {
        var (alice, mallory) = (app.NewUser(), app.NewUser());
        var id = await alice.UploadAsync(Pictures.Png(), Ct);
        Task<HttpResponseMessage> DescribeAsync(TestUser user, string? text) => user.Client.PatchAsJsonAsync($"/v1/media/{id}", new { alt_text = text }, Ct);

        using (var foreign = await DescribeAsync(mallory, "not mine")) await ProblemJson.AssertAsync(foreign, HttpStatusCode.NotFound, Ct);
        using (var first = await DescribeAsync(alice, "a duck")) Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal("a duck", (await alice.StateAsync(id, Ct)).GetProperty("alt_text").GetString());
        using (var longest = await DescribeAsync(alice, string.Concat(Enumerable.Repeat("👩‍👩‍👧", 1_000)))) Assert.Equal(HttpStatusCode.NoContent, longest.StatusCode);
        using (var none = await DescribeAsync(alice, "")) Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        Assert.Equal(JsonValueKind.Null, (await alice.StateAsync(id, Ct)).GetProperty("alt_text").ValueKind);
        using (var second = await DescribeAsync(alice, "two ducks")) Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        var post = await alice.PublishWithAsync(id, Ct);
        using var late = await DescribeAsync(alice, "three ducks");

        Assert.Equal("/problems/media-attached", (await ProblemJson.AssertAsync(late, HttpStatusCode.Conflict, Ct)).GetProperty("type").GetString());
        Assert.Equal("two ducks", post.GetProperty("media")[0].GetProperty("alt_text").GetString());
    }

    [Fact]
    public async Task Drop_Waiting_IsGoneAndOnePostHas_Stays()
    {
        var (alice, mallory) = (app.NewUser(), app.NewUser());
        var (dropped, kept) = (await alice.UploadAsync(Pictures.Png(), Ct), await alice.UploadAsync(Pictures.Png(), Ct));
        await alice.PublishWithAsync(kept, Ct);
        static Task<HttpResponseMessage> DropAsync(TestUser user, string id) => user.Client.DeleteAsync(new Uri($"/v1/media/{id}", UriKind.Relative), Ct);

        using (var foreign = await DropAsync(mallory, dropped)) await ProblemJson.AssertAsync(foreign, HttpStatusCode.NotFound, Ct);
        using (var first = await DropAsync(alice, dropped)) Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        using (var again = await DropAsync(alice, dropped)) await ProblemJson.AssertAsync(again, HttpStatusCode.NotFound, Ct);
        using (var attached = await DropAsync(alice, kept)) await ProblemJson.AssertAsync(attached, HttpStatusCode.Conflict, Ct);
        using var refused = await alice.PostAsync(new { content = "late", media_ids = new[] { dropped } }, Ct);

        await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "media_ids");
    }

    [Fact]
    public async Task Announce_TheLinkExpires_AndTooManyAreRefused()
    {
        await using var own = new PostsApp { Settings = { ["Media:LinkLifetime"] = "00:00:01", ["Media:MaxWaiting"] = "3" } };
        await own.InitializeAsync();
        await own.StartStoreAsync();
        var alice = own.NewUser();
        var picture = Pictures.Png();
        var announced = await alice.AnnounceAsync(picture, Ct);

        await Until.TrueAsync(() => TimeProvider.System.GetUtcNow() > announced.ExpiresAt.AddSeconds(1), "the link has expired", Ct);

        Assert.Equal(HttpStatusCode.Forbidden, await announced.PutAsync(picture, Ct));
        Assert.Equal(HttpStatusCode.NotFound, (await Uploads.GetAsync(announced.Object, Ct)).Status);
        var second = await alice.UploadAsync(picture, Ct);
        await alice.UploadAsync(picture, Ct);
        using (var fourth = await alice.AnnounceAsync(new { content_type = "image/png", size_bytes = 1 }, Ct))
        {
            Assert.Equal("/problems/too-many-uploads", (await ProblemJson.AssertAsync(fourth, HttpStatusCode.Conflict, Ct)).GetProperty("type").GetString());
        }

        await own.NewUser().UploadAsync(picture, Ct);
        await alice.PublishWithAsync(second, Ct);
        await alice.UploadAsync(picture, Ct);
    }
}
