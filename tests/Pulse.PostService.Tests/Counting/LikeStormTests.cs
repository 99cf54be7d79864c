using Pulse.Contracts.Ids;
using Pulse.PostService.Tests.Engagement;

namespace Pulse.PostService.Tests.Counting;

[Collection<StormCollection>]
[Trait("Invariant", "28")]
public sealed class LikeStormTests
{
    private const int Users = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every user likes and takes it back at the same moment; what is left is anybody's guess, and the count of it is not.</summary>
    [Fact]
    public async Task Likes_ManyAtOnceOverTwoReplicas_AreTheirRows()
    {
        await using var app = new PostsApp();
        await app.InitializeAsync();
        await using var replica = await app.ReplicaAsync();
        var alice = app.NewUser();
        var post = await alice.PublishAsync("like me", Ct);
        TestUser[] users = [.. Enumerable.Range(0, Users).Select(number => (number % 2 == 0 ? app : replica).NewUser())];

        await Task.WhenAll(users.SelectMany(user => (Task[])[
            EngagementCalls.InsistAsync(() => user.DoAsync("like", post, Ct), Ct),
            EngagementCalls.InsistAsync(() => user.UndoAsync("like", post, Ct), Ct)]));

        var rows = await app.CountAsync("SELECT count(*) FROM likes WHERE post_id = $1", Ct, post.Value);
        Assert.Equal(new Counts(rows), Counts.Of(await alice.ShownAsync(post, Ct)));
        await app.PublishedUntilAsync(post, new Counts(rows), Ct);
        Assert.Equal(0, await app.CountAsync("SELECT count(*) FROM post_count_steps", Ct));
        // What each sees of himself is what the rows say, too.
        foreach (var user in users.Take(10)) Assert.Equal(await LikesAsync(app, user, post), Marks.Of(await user.ShownAsync(post, Ct)).Liked);
        // One event per change of a row.
        Assert.Equal(
            rows,
            await app.CountAsync("SELECT count(*) FILTER (WHERE type = 'post.liked') - count(*) FILTER (WHERE type = 'post.unliked') FROM outbox", Ct));
    }

    private static async Task<bool> LikesAsync(PostsApp app, TestUser user, PostId post) =>
        await app.CountAsync("SELECT count(*) FROM likes WHERE post_id = $1 AND user_id = $2", Ct, post.Value, user.Id.Value) == 1;
}

/// <summary>Tests that take the whole machine for a moment: beside them others would find Redis slow, and go on without it.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class StormCollection;
