using System.Net;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

[Trait("Invariant", "17")]
public sealed class DeletePostTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delete_Own_IsGoneEverywhereAndTold()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("soon gone", Ct);

        using var deleted = await DeleteAsync(alice, post);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var shown = await alice.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(shown, HttpStatusCode.NotFound, Ct);
        Assert.Empty((await app.BatchAsync(Ct, post)).Posts);
        await AssertBuriedForGoodAsync(post);
        Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
        await Until.TrueAsync(
            () => app.Bus.Published.Any(entry => entry.Message.Type == PostDeleted.Type && entry.Message.Body.Contains(post.ToString(), StringComparison.Ordinal)),
            "the delete is published",
            Ct);
    }

    [Fact]
    public async Task Delete_Again_IsNoContentWithoutAnotherEvent()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("soon gone", Ct);

        using var first = await DeleteAsync(alice, post);
        using var second = await DeleteAsync(alice, post);

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
    }

    [Fact]
    public async Task Delete_ManyAtOnce_OneTellsAndTheTombstoneStays()
    {
        var alice = app.NewUser();
        for (var round = 0; round < 10; round++)
        {
            var post = await alice.PublishAsync("soon gone", Ct);

            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DeleteAsync(alice, post)));

            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
            Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
            await AssertBuriedForGoodAsync(post);
            foreach (var answer in answers) answer.Dispose();
        }
    }

    [Fact]
    public async Task Delete_OfAnother_IsForbiddenOrNotFound()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var visible = await alice.PublishAsync("for all", Ct);
        var hidden = await alice.PublishAsync("for followers", Ct, "followers");
        var gone = await alice.PublishAsync("soon gone", Ct);
        (await DeleteAsync(alice, gone)).Dispose();

        using var forbidden = await DeleteAsync(bob, visible);
        using var unseen = await DeleteAsync(bob, hidden);
        using var deleted = await DeleteAsync(bob, gone);

        await ProblemJson.AssertAsync(forbidden, HttpStatusCode.Forbidden, Ct);
        await ProblemJson.AssertAsync(unseen, HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(deleted, HttpStatusCode.NotFound, Ct);
        Assert.Equal(2, (await app.BatchAsync(Ct, visible, hidden)).Posts.Count);
    }

    [Fact]
    public async Task Delete_CommitFails_PostIsShownAgain()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("stays", Ct);
        await using (var command = app.Database.CreateCommand(
            $"""
            CREATE FUNCTION refuse_{post}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER refuse_{post} BEFORE UPDATE ON posts FOR EACH ROW WHEN (OLD.id = {post}) EXECUTE FUNCTION refuse_{post}();
            """))
        {
            await command.ExecuteNonQueryAsync(Ct);
        }

        using var answer = await DeleteAsync(alice, post);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.InternalServerError, Ct);
        Assert.False(await app.Cache.KeyExistsAsync(PostKeys.Snapshot(post)));
        Assert.Equal("stays", Assert.Single((await app.BatchAsync(Ct, post)).Posts).Content);
    }

    private async Task AssertBuriedForGoodAsync(PostId post)
    {
        Assert.True(PostSnapshot.IsTombstone((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(post))));
        Assert.InRange((await app.Cache.KeyTimeToLiveAsync(PostKeys.Snapshot(post)))!.Value, PostKeys.SnapshotLifetime - TimeSpan.FromMinutes(1), PostKeys.SnapshotLifetime);
    }

    private static Task<HttpResponseMessage> DeleteAsync(TestUser user, PostId post) => user.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
}
