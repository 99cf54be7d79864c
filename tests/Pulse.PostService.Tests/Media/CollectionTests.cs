using System.Net;
using Npgsql;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Media;

public sealed class CollectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Collection_WhatNoPostHas_GoesAndTheRestStays()
    {
        await using var app = await StartAsync(keepWaiting: "00:00:02");
        var alice = app.NewUser();
        var picture = Pictures.Png();
        var (orphan, never, kept) = (await alice.AnnounceAsync(picture, Ct), await alice.AnnounceAsync(picture, Ct), await alice.AnnounceAsync(picture, Ct));
        await orphan.PutAsync(picture, Ct);
        await kept.PutAsync(picture, Ct);
        await alice.PublishWithAsync(kept.Id, Ct);

        await GoneAsync(orphan);

        await Until.TrueAsync(async () => await CountAsync(app, "condemned") == 2, "both are condemned", Ct);
        using (var late = await alice.PostAsync(new { content = "late", media_ids = new[] { orphan.Id } }, Ct)) await ProblemJson.AssertAsync(late, HttpStatusCode.BadRequest, Ct, "media_ids");
        // The link still works; what comes by it is collected again.
        Assert.Equal(HttpStatusCode.OK, await never.PutAsync(picture, Ct));
        await ExecuteAsync(app, "UPDATE media SET due_at = created_at WHERE condemned");
        await GoneAsync(never);
        Assert.Equal(2, await CountAsync(app, "condemned"));
        // And when no byte can come any more the rows go too.
        await ExecuteAsync(app, "UPDATE media SET due_at = created_at, upload_until = created_at - interval '2 hours' WHERE condemned");
        await Until.TrueAsync(async () => await CountAsync(app, "true") == 1, "the rows are gone", Ct);
        Assert.Equal(HttpStatusCode.OK, (await Uploads.GetAsync(kept.Object, Ct)).Status);
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Collection_DeletedPostsAndErasedAccounts_TakeTheirPicturesAlong()
    {
        await using var app = await StartAsync(keepWaiting: "24:00:00");
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var picture = Pictures.Png();
        var (deleted, erased, waiting, other) = (
            await alice.AnnounceAsync(picture, Ct, altText: "a secret"), await alice.AnnounceAsync(picture, Ct, altText: "a secret"), await alice.AnnounceAsync(picture, Ct, altText: "a secret"),
            await bob.AnnounceAsync(picture, Ct));
        foreach (var upload in (Announced[])[deleted, erased, waiting, other]) await upload.PutAsync(picture, Ct);
        var post = (await alice.PublishWithAsync(deleted.Id, Ct)).GetProperty("id").GetString();
        await alice.PublishWithAsync(erased.Id, Ct);
        await bob.PublishWithAsync(other.Id, Ct);

        using (var answer = await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct)) answer.EnsureSuccessStatusCode();
        await GoneAsync(deleted);
        Assert.Equal(HttpStatusCode.OK, (await Uploads.GetAsync(erased.Object, Ct)).Status);

        using (var client = app.InternalClient())
        using (var answer = await client.PostAsync(new Uri($"/internal/authors/{alice.Id}/erase", UriKind.Relative), content: null, Ct)) answer.EnsureSuccessStatusCode();
        await GoneAsync(erased);
        await GoneAsync(waiting);

        Assert.Equal(0, await CountAsync(app, "alt_text IS NOT NULL"));
        Assert.Equal(1L, await ScalarAsync(app, "SELECT count(*) FROM posts WHERE media IS NOT NULL"));
        Assert.Equal(HttpStatusCode.OK, (await Uploads.GetAsync(other.Object, Ct)).Status);
    }

    [Fact]
    public async Task StoreAway_OnlyPicturesWaitAndGoOnByThemselves()
    {
        await using var app = await StartAsync(keepWaiting: "24:00:00");
        var alice = app.NewUser();
        var picture = Pictures.Png();
        var (uploaded, dropped) = (await alice.AnnounceAsync(picture, Ct), await alice.AnnounceAsync(picture, Ct));
        await uploaded.PutAsync(picture, Ct);
        await dropped.PutAsync(picture, Ct);
        await app.Store.KillAsync(Ct);

        using (var refused = await alice.PostAsync(new { content = "with", media_ids = new[] { uploaded.Id } }, Ct))
        {
            await ProblemJson.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, Ct);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await alice.PublishAsync("without", Ct);
        var during = await alice.AnnounceAsync(picture, Ct);
        using (var drop = await alice.Client.DeleteAsync(new Uri($"/v1/media/{dropped.Id}", UriKind.Relative), Ct)) Assert.Equal(HttpStatusCode.NoContent, drop.StatusCode);
        using (var anybody = app.Client(token: null))
        using (var health = await anybody.GetAsync(new Uri("/health", UriKind.Relative), Ct)) Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        await Until.TrueAsync(async () => await CountAsync(app, "condemned AND due_at > now() + interval '1 minute'") == 1, "a turn of the collection was in vain", Ct);

        await app.Store.StartAsync(Ct);

        await alice.PublishWithAsync(uploaded.Id, Ct);
        Assert.Equal(HttpStatusCode.OK, await during.PutAsync(picture, Ct));
        // A claim keeps others away for minutes, and it may have been that of a process that died.
        await ExecuteAsync(app, "UPDATE media SET due_at = created_at WHERE condemned");
        await GoneAsync(dropped);
    }

    private static async Task<PostsApp> StartAsync(string keepWaiting)
    {
        var app = new PostsApp { Settings = { ["Media:KeepWaiting"] = keepWaiting, ["Media:CollectInterval"] = "00:00:00.050" } };
        await app.InitializeAsync();
        await app.StartStoreAsync();
        return app;
    }

    private static Task GoneAsync(Announced upload) =>
        Until.TrueAsync(async () => (await Uploads.GetAsync(upload.Object, Ct)).Status == HttpStatusCode.NotFound, $"upload {upload.Id} is gone from the store", Ct);

    private static async Task<long> CountAsync(PostsApp app, string condition) => (long)(await ScalarAsync(app, $"SELECT count(*) FROM media WHERE {condition}"))!;

    private static async Task<object?> ScalarAsync(PostsApp app, string sql)
    {
        await using var command = app.Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Ct);
    }

    private static async Task ExecuteAsync(PostsApp app, string sql)
    {
        await using var command = app.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
