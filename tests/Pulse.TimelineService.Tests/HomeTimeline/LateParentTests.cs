using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Timelines;

namespace Pulse.TimelineService.Tests.HomeTimeline;

/// <summary>The reply has been delivered, what it answers has not: its event was overtaken, or waits in an outbox or a dead-letter queue.</summary>
[Trait("Invariant", "13")]
public sealed class LateParentTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FanoutMode.Push)]
    [InlineData(FanoutMode.Pull)]
    public async Task Walk_ParentIsLate_ShowsItAtItsPlaceWhateverTheLimit(FanoutMode mode)
    {
        var (reader, author, other) = await FollowingAsync();
        await app.World.PostManyAsync(author, 3, Ct);
        var parent = app.World.CommitPost(author);
        await app.World.PostManyAsync(other, 4, Ct);
        await app.World.ReplyAsync(other, parent, Ct, mode);
        await app.World.PostManyAsync(other, 2, Ct);

        foreach (var limit in (int[])[1, 2, 6, 7, 8, 50]) Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit, Ct));
        await app.World.PlanAsync(author, parent, mode, Ct);
        foreach (var limit in (int[])[1, 7, 50]) Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit, Ct));
    }

    [Fact]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "5")]
    public async Task Walk_ParentArrivesBetweenPages_ShowsItOnce()
    {
        var (reader, author, other) = await FollowingAsync();
        var parent = app.World.CommitPost(author);
        await app.World.PostManyAsync(other, 4, Ct);
        await app.World.ReplyAsync(other, parent, Ct);
        var first = await reader.ReadAsync(Ct, limit: 3);

        await app.World.PlanAsync(author, parent, FanoutMode.Push, Ct);

        var second = await reader.ReadAsync(Ct, limit: 50, first.NextCursor);
        Assert.Equal(app.World.Oracle(reader), [.. first.Ids, .. second.Ids]);
        Assert.False(second.HasMore);
    }

    [Fact]
    public async Task Walk_ParentIsAReplyToALateOne_ShowsTheWholeConversation()
    {
        var (reader, author, other) = await FollowingAsync();
        var top = app.World.CommitPost(author);
        var middle = app.World.CommitPost(other, PostVisibility.Public, top);
        var deep = app.World.CommitPost(author, PostVisibility.Public, middle);
        await app.World.ReplyAsync(other, deep, Ct);

        foreach (var limit in (int[])[1, 2, 50]) Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit, Ct));
    }

    [Fact]
    public async Task Walk_AnswersAPostOfTheReader_ShowsIt()
    {
        var (reader, author, _) = await FollowingAsync();
        await reader.ReadAsync(Ct);
        var own = app.World.CommitPost(reader);
        await app.World.ReplyAsync(author, own, Ct);

        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(50, Ct));
    }

    [Fact]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "16")]
    public async Task Walk_ParentIsNotForTheReader_IsNotAdded()
    {
        var (reader, author, other) = await FollowingAsync();
        var stranger = app.NewUser();
        var strangers = app.World.CommitPost(stranger);
        var hidden = app.World.CommitPost(author, PostVisibility.Mentioned);
        var deleted = app.World.CommitPost(author);
        foreach (var parent in (PostId[])[strangers, hidden, deleted]) await app.World.ReplyAsync(other, parent, Ct);
        await app.World.DeleteAsync(deleted);

        var walk = await reader.WalkAsync(1, Ct);

        Assert.Equal(app.World.Oracle(reader), walk);
        // The first post and three replies.
        Assert.Equal(4, walk.Count);
    }

    /// <returns>A reader with a warm list, and two whom he follows.</returns>
    private async Task<(TestUser Reader, TestUser Author, TestUser Other)> FollowingAsync()
    {
        var (reader, author, other) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.FollowAsync(reader, other, Ct);
        await app.World.PostManyAsync(other, 1, Ct);
        await reader.ReadAsync(Ct);
        return (reader, author, other);
    }
}
