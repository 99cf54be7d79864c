using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Media;

public sealed class AttachTests(PostsApp app) : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await app.StartStoreAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Post_UploadNotThere_IsRefusedUntilItIs()
    {
        var alice = app.NewUser();
        var picture = Pictures.Png();
        var announced = await alice.AnnounceAsync(picture, Ct);

        await RefusedAsync(alice, announced.Id, "not there yet");

        await announced.PutAsync(picture, Ct);
        await alice.PublishWithAsync(announced.Id, Ct);
    }

    [Fact]
    public async Task Post_UploadOfAnother_IsRefused()
    {
        var (alice, mallory) = (app.NewUser(), app.NewUser());
        var id = await alice.UploadAsync(Pictures.Png(), Ct);

        await RefusedAsync(mallory, id, "no upload");

        using var seen = await mallory.Client.GetAsync(new Uri($"/v1/media/{id}", UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(seen, HttpStatusCode.NotFound, Ct);
        await alice.PublishWithAsync(id, Ct);
    }

    [Fact]
    public async Task Post_UploadOfAnotherPost_IsRefusedAlsoWhenThatIsDeleted()
    {
        var alice = app.NewUser();
        var id = await alice.UploadAsync(Pictures.Png(), Ct);
        var post = (await alice.PublishWithAsync(id, Ct)).GetProperty("id").GetString();

        await RefusedAsync(alice, id, "belongs to a post already");

        using var deleted = await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
        using var refused = await alice.PostAsync(new { content = "again", media_ids = new[] { id } }, Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "media_ids");
    }

    [Fact]
    public async Task Post_OneOfSeveralIsWrong_SaysWhichAndTakesNone()
    {
        var alice = app.NewUser();
        var (good, missing) = (await alice.UploadAsync(Pictures.Png(), Ct), (await alice.AnnounceAsync(Pictures.Png(), Ct)).Id);

        using var refused = await alice.PostAsync(new { content = "two", media_ids = new[] { good, missing, "42" } }, Ct);

        var messages = (await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "media_ids")).GetProperty("errors").GetProperty("media_ids");
        Assert.Equal([$"Upload {missing} is not there yet.", "The caller has no upload 42."], messages.EnumerateArray().Select(message => message.GetString()));
        await alice.PublishWithAsync(good, Ct);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "a page", "not a picture" },
        { "another format", "but image/jpeg" },
        { "too wide", "no side may have more than 8192" },
        { "a header beyond the first mebibyte", "not a picture" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Post_BytesAreNotWhatTheTypeSays_IsRefused(string what, string why)
    {
        var alice = app.NewUser();
        var bytes = what switch
        {
            "a page" => Encoding.UTF8.GetBytes("<html><script>alert(1)</script></html>"),
            "another format" => Pictures.Make("image/jpeg", 4, 3),
            "too wide" => Pictures.Png(8_193, 1),
            _ => Pictures.LongPhoto(18),
        };
        var id = await alice.UploadAsync(bytes, Ct, what.StartsWith("a header", StringComparison.Ordinal) ? "image/jpeg" : "image/png");

        await RefusedAsync(alice, id, why);

        var state = await alice.StateAsync(id, Ct);
        Assert.Equal("refused", state.GetProperty("state").GetString());
        Assert.Contains(why, state.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_HeaderBehindManySegments_IsFoundAtTheSecondLook()
    {
        var alice = app.NewUser();
        var id = await alice.UploadAsync(Pictures.LongPhoto(5), Ct, "image/jpeg");

        var post = await alice.PublishWithAsync(id, Ct);

        Assert.Equal(4, post.GetProperty("media")[0].GetProperty("width").GetInt32());
    }

    public static TheoryData<string, string> Leniences => new() { { "size", "bytes" }, { "empty", "0 bytes" }, { "type", "another type" }, { "encoding", "content encoding" } };

    // As if the store had let through what the link forbids.
    [Theory]
    [MemberData(nameof(Leniences))]
    public async Task Post_StoreWasLenient_IsRefused(string what, string why)
    {
        var alice = app.NewUser();
        var picture = Pictures.Png();
        var announced = await alice.AnnounceAsync(picture, Ct);
        var request = new PutObjectRequest
        {
            BucketName = "pulse-media",
            Key = announced.Object.AbsolutePath["/pulse-media/".Length..],
            ContentType = what == "type" ? "text/html" : "image/png",
            InputStream = new MemoryStream(what switch { "size" => [.. picture, 0], "empty" => [], _ => picture }),
            UseChunkEncoding = false,
        };
        if (what == "encoding") request.Headers.ContentEncoding = "gzip";
        await app.Services.GetRequiredService<IAmazonS3>().PutObjectAsync(request, Ct);

        await RefusedAsync(alice, announced.Id, why);
    }

    [Fact]
    public async Task Post_TheSamePictureAtOnce_IsInOnePostAlone()
    {
        var alice = app.NewUser();
        for (var round = 0; round < 5; round++)
        {
            string[] ids = [await alice.UploadAsync(Pictures.Png(), Ct), await alice.UploadAsync(Pictures.Png(), Ct)];

            // In both orders, so that nobody waits for a lock that the other holds.
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => alice.PostAsync(new { content = $"{i}", media_ids = i % 2 == 0 ? ids : [ids[1], ids[0]] }, Ct)));

            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
            foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created)) await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "media_ids");
            foreach (var answer in answers) answer.Dispose();
        }
    }

    [Fact]
    [Trait("Invariant", "29")]
    public async Task Post_TheSameKeyAtOnceWithAPicture_IsOnePost()
    {
        var alice = app.NewUser();
        var id = await alice.UploadAsync(Pictures.Png(), Ct);
        Task<HttpResponseMessage> SendAsync()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(new { media_ids = new[] { id } }) };
            request.Headers.Add("Idempotency-Key", $"picture-{id}");
            return alice.Client.SendAsync(request, Ct);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SendAsync()));
        using var later = await SendAsync();

        HashSet<string?> posts = [];
        foreach (var answer in answers.Append(later))
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
            posts.Add((await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString());
        }

        Assert.Single(posts);
        foreach (var answer in answers) answer.Dispose();
    }

    private static async Task RefusedAsync(TestUser user, string mediaId, string why)
    {
        using var refused = await user.PostAsync(new { content = "with a picture", media_ids = new[] { mediaId } }, Ct);
        var problem = await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "media_ids");
        Assert.Contains(why, problem.GetProperty("errors").GetProperty("media_ids")[0].GetString(), StringComparison.Ordinal);
    }
}
