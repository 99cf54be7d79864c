using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Visibility.Tests;

/// <summary>Every combination of what the rules ask, against an oracle that says the product's sentences one by one.</summary>
public sealed class PostVisibilityRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly UserId Author = new(1);
    private static readonly UserId Someone = new(2);
    private static readonly UserId Other = new(3);

    public enum Reader
    {
        Anonymous,
        Self,
        Someone,
    }

    public enum Blocking
    {
        None,
        ByTheReader,
        ByTheAuthor,

        /// <summary>The projection tells of it; the follows that it ended may not have.</summary>
        Projected,
    }

    public enum Muting
    {
        None,
        ForGood,
        StillInForce,
        EndsNow,
        Over,
        RepostsOnly,
        RepostsOnlyOver,
    }

    /// <summary>One row of the table.</summary>
    public sealed record Case(Reader Reader, bool Follows, Blocking Blocking, Muting Muting, bool IsPrivate, AuthorStanding Standing, PostVisibility Visibility);

    private static IEnumerable<Case> Cases =>
        from reader in Enum.GetValues<Reader>()
        from follows in (bool[])[false, true]
        from blocking in Enum.GetValues<Blocking>()
        from muting in Enum.GetValues<Muting>()
        from isPrivate in (bool[])[false, true]
        from standing in (AuthorStanding[])[.. Enum.GetValues<AuthorStanding>(), (AuthorStanding)99]
        from visibility in (PostVisibility[])[.. Enum.GetValues<PostVisibility>(), (PostVisibility)99]
        // Nobody has no graph, and nobody follows, blocks or mutes himself.
        where reader == Reader.Someone || (!follows && blocking == Blocking.None && muting == Muting.None)
        select new Case(reader, follows, blocking, muting, isPrivate, standing, visibility);

    [Fact]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "16")]
    public void Rules_EveryCase_AreTheOracle()
    {
        var cases = Cases.ToList();
        Assert.Equal((2 + (2 * 4 * 7)) * 2 * 4 * 4, cases.Count);
        foreach (var row in cases)
        {
            var (graph, post, author) = (GraphOf(row), PostOf(row), CardOf(row));

            Assert.True(Sees(row) == PostVisibilityRules.CanSee(graph, post, author), $"{row}: seen");
            Assert.True(IsInHome(row) == PostVisibilityRules.BelongsInHome(graph, post, author, Now), $"{row}: in the home timeline");
        }
    }

    [Fact]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "16")]
    public void RepostRule_EveryCaseOfTheOriginal_IsTheOracle()
    {
        foreach (var row in Cases.Where(row => row.Reader == Reader.Someone))
        {
            foreach (var (followsReposter, reposterMute) in from follows in (bool[])[false, true] from muting in Enum.GetValues<Muting>() select (follows, muting))
            {
                var graph = GraphOf(row, followsReposter ? [Other] : [], MutesOf(Other, reposterMute));
                var expected = followsReposter
                    && reposterMute is (Muting.None or Muting.Over or Muting.EndsNow or Muting.RepostsOnlyOver)
                    && row.Muting is not (Muting.ForGood or Muting.StillInForce)
                    && Sees(row);

                Assert.True(
                    expected == PostVisibilityRules.RepostBelongsInHome(graph, RepostBy(Other), CardOf(Other), PostOf(row), CardOf(row), Now),
                    $"{row}: reposted by somebody followed {followsReposter}, muted {reposterMute}");
            }
        }
    }

    [Fact]
    public void RepostRule_OwnRepost_BelongsInHome()
    {
        var row = new Case(Reader.Someone, Follows: false, Blocking.None, Muting.None, IsPrivate: false, AuthorStanding.Active, PostVisibility.Public);

        Assert.True(PostVisibilityRules.RepostBelongsInHome(GraphOf(row), RepostBy(Someone), CardOf(Someone), PostOf(row), CardOf(row), Now));
    }

    [Theory]
    [InlineData(AuthorStanding.Active, true)]
    [InlineData(AuthorStanding.Limited, true)]
    [InlineData(AuthorStanding.Suspended, false)]
    public void RepostRule_StandingOfTheReposter_HidesWhatHeReposted(AuthorStanding standing, bool shown)
    {
        var graph = ViewerGraph.For(Someone, new GraphSnapshot(1, [new Followee(Other, Now)]));
        var row = new Case(Reader.Someone, Follows: false, Blocking.None, Muting.None, IsPrivate: false, AuthorStanding.Active, PostVisibility.Public);

        Assert.Equal(shown, PostVisibilityRules.RepostBelongsInHome(graph, RepostBy(Other), CardOf(Other) with { Standing = standing }, PostOf(row), CardOf(row), Now));
    }

    [Fact]
    [Trait("Invariant", "16")]
    public void CanSee_ForThoseMentioned_IsForThemAndTheAuthorAlone()
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", PostVisibility.Mentioned, Now, Mentions: [Other]);

        Assert.True(PostVisibilityRules.CanSee(GraphOf(Author), post, CardOf(Author)));
        Assert.True(PostVisibilityRules.CanSee(GraphOf(Other), post, CardOf(Author)));
        Assert.False(PostVisibilityRules.CanSee(GraphOf(Someone, Author), post, CardOf(Author)));
        Assert.False(PostVisibilityRules.CanSee(ViewerGraph.Anonymous, post, CardOf(Author)));
        Assert.False(PostVisibilityRules.CanSee(GraphOf(Other), post, CardOf(Author) with { IsPrivate = true }));
    }

    [Fact]
    [Trait("Invariant", "16")]
    public void CanSee_LimitedPost_IsForItsAuthorAlone()
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", PostVisibility.Public, Now, Limited: true);

        Assert.True(PostVisibilityRules.CanSee(GraphOf(Author), post, CardOf(Author)));
        Assert.False(PostVisibilityRules.CanSee(GraphOf(Someone, Author), post, CardOf(Author)));
        // He may not learn of it by what he may do with it.
        Assert.True(PostVisibilityRules.MayShare(Author, post, CardOf(Author)));
        Assert.False(PostVisibilityRules.MayShare(Someone, post, CardOf(Author)));
    }

    [Theory]
    [InlineData(PostVisibility.Public, false, true, true)]
    [InlineData(PostVisibility.Public, true, false, true)]
    [InlineData(PostVisibility.Followers, false, false, false)]
    [InlineData(PostVisibility.Mentioned, false, false, false)]
    public void MayShare_WhatIsForEverybody_AndOnesOwnOfAPrivateAccount(PostVisibility visibility, bool isPrivate, bool others, bool author)
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", visibility, Now);

        Assert.Equal(others, PostVisibilityRules.MayShare(Someone, post, CardOf(Author) with { IsPrivate = isPrivate }));
        Assert.Equal(author, PostVisibilityRules.MayShare(Author, post, CardOf(Author) with { IsPrivate = isPrivate }));
    }

    [Fact]
    public void BelongsInReplies_WhatTheReaderMaySeeOfWhomHeDoesNotMute()
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", PostVisibility.Public, Now);
        var muting = ViewerGraph.For(Someone, new GraphSnapshot(1, [], Mutes: [new Mute(Author)]));

        Assert.True(PostVisibilityRules.BelongsInReplies(GraphOf(Someone), post, CardOf(Author), Other, Now));
        Assert.False(PostVisibilityRules.BelongsInReplies(muting, post, CardOf(Author), Other, Now));
        // He answers himself under a post that was asked for.
        Assert.True(PostVisibilityRules.BelongsInReplies(muting, post, CardOf(Author), Author, Now));
        Assert.False(PostVisibilityRules.BelongsInReplies(muting, post with { Visibility = PostVisibility.Followers }, CardOf(Author), Author, Now));
        Assert.True(PostVisibilityRules.BelongsInReplies(GraphOf(Someone, Author), post with { Visibility = PostVisibility.Followers }, CardOf(Author), Other, Now));
        Assert.False(PostVisibilityRules.BelongsInReplies(ViewerGraph.Anonymous, post, CardOf(Author) with { IsPrivate = true }, Author, Now));
    }

    [Fact]
    [Trait("Invariant", "15")]
    public void BelongsInQuote_WhatTheReaderMaySeeOfWhomHeDoesNotMute()
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", PostVisibility.Public, Now);
        var muting = ViewerGraph.For(Someone, new GraphSnapshot(1, [], Mutes: [new Mute(Author)]));

        Assert.True(PostVisibilityRules.BelongsInQuote(ViewerGraph.Anonymous, post, CardOf(Author), Other, Now));
        Assert.True(PostVisibilityRules.BelongsInQuote(GraphOf(Someone), post, CardOf(Author), Other, Now));
        Assert.False(PostVisibilityRules.BelongsInQuote(muting, post, CardOf(Author), Other, Now));
        // He quotes himself in a post that was asked for.
        Assert.True(PostVisibilityRules.BelongsInQuote(muting, post, CardOf(Author), Author, Now));
        Assert.False(PostVisibilityRules.BelongsInQuote(GraphOf(Someone), post with { Limited = true }, CardOf(Author), Author, Now));
    }

    [Fact]
    public void BelongsInDiscovery_OnlyPublicPostsOfWhomTheReaderDoesNotMute()
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", PostVisibility.Public, Now);

        Assert.True(PostVisibilityRules.BelongsInDiscovery(ViewerGraph.Anonymous, post, CardOf(Author), Now));
        Assert.True(PostVisibilityRules.BelongsInDiscovery(GraphOf(Someone), post, CardOf(Author), Now));
        Assert.False(PostVisibilityRules.BelongsInDiscovery(GraphOf(Someone, Author), post with { Visibility = PostVisibility.Followers }, CardOf(Author), Now));
        Assert.False(PostVisibilityRules.BelongsInDiscovery(GraphOf(Someone), RepostBy(Author), CardOf(Author), Now));
        Assert.False(PostVisibilityRules.BelongsInDiscovery(
            ViewerGraph.For(Someone, new GraphSnapshot(1, [], Mutes: [new Mute(Author)])), post, CardOf(Author), Now));
        Assert.False(PostVisibilityRules.BelongsInDiscovery(ViewerGraph.Anonymous, post, CardOf(Author) with { IsPrivate = true }, Now));
    }

    [Theory]
    [InlineData(true, false, AuthorStanding.Active, true, true, true)]
    [InlineData(true, false, AuthorStanding.Suspended, true, true, true)]
    [InlineData(false, false, AuthorStanding.Active, false, true, true)]
    [InlineData(false, false, AuthorStanding.Limited, false, true, true)]
    [InlineData(false, false, AuthorStanding.Active, true, true, false)]
    [InlineData(false, true, AuthorStanding.Active, true, true, true)]
    [InlineData(false, true, AuthorStanding.Suspended, false, false, false)]
    [InlineData(false, false, (AuthorStanding)99, false, false, false)]
    public void ProfileRules_AsTheTableSays(bool isSelf, bool follows, AuthorStanding standing, bool isPrivate, bool sees, bool seesLists)
    {
        var viewer = new ViewerStand(isSelf, follows);

        Assert.Equal(sees, ProfileVisibilityRules.CanSee(viewer, standing));
        Assert.Equal(seesLists, ProfileVisibilityRules.CanSeeLists(viewer, standing, isPrivate));
    }

    // The sentences, in their order.
    private static bool Sees(Case row)
    {
        if (row.Reader == Reader.Self) return true;
        if (row.Standing is not (AuthorStanding.Active or AuthorStanding.Limited)) return false;
        if (row.Blocking != Blocking.None) return false;
        if ((row.IsPrivate || row.Standing == AuthorStanding.Limited) && !row.Follows) return false;
        return row.Visibility == PostVisibility.Public || (row.Visibility == PostVisibility.Followers && row.Follows);
    }

    private static bool IsInHome(Case row) =>
        Sees(row) && (row.Reader == Reader.Self || (row.Follows && row.Muting is not (Muting.ForGood or Muting.StillInForce)));

    private static PostSnapshot PostOf(Case row) => new(new PostId(9), Author, "text", row.Visibility, Now);

    private static PostSnapshot RepostBy(UserId reposter) => new(new PostId(10), reposter, "", PostVisibility.Public, Now, RepostOf: new PostId(9), RepostOfAuthorId: Author);

    private static AuthorCard CardOf(UserId user) => new(user, "user", "User", AvatarUrl: null, IsCelebrity: false, Version: 1);

    private static ViewerGraph GraphOf(UserId user, params UserId[] followees) =>
        ViewerGraph.For(user, new GraphSnapshot(1, [.. followees.Select(followee => new Followee(followee, Now))]));

    private static AuthorCard CardOf(Case row) => new(Author, "author", "Author", AvatarUrl: null, IsCelebrity: false, row.IsPrivate, row.Standing, Version: 1);

    private static ViewerGraph GraphOf(Case row, UserId[]? alsoFollows = null, Mute[]? alsoMutes = null)
    {
        if (row.Reader == Reader.Anonymous) return ViewerGraph.Anonymous;

        var graph = ViewerGraph.For(row.Reader == Reader.Self ? Author : Someone, new GraphSnapshot(
            1,
            [.. (alsoFollows ?? []).Append(Author).Where(followee => followee != Author || row.Follows).Select(followee => new Followee(followee, Now))],
            row.Blocking == Blocking.ByTheReader ? [Author] : [],
            row.Blocking == Blocking.ByTheAuthor ? [Author] : [],
            [.. MutesOf(Author, row.Muting), .. alsoMutes ?? []]));
        return row.Blocking == Blocking.Projected ? graph.ApartFrom([Author]) : graph;
    }

    private static Mute[] MutesOf(UserId user, Muting muting) => muting switch
    {
        Muting.ForGood => [new Mute(user)],
        Muting.StillInForce => [new Mute(user, Now.AddTicks(1))],
        Muting.EndsNow => [new Mute(user, Now)],
        Muting.Over => [new Mute(user, Now.AddTicks(-1))],
        Muting.RepostsOnly => [new Mute(user, Until: null, RepostsOnly: true)],
        Muting.RepostsOnlyOver => [new Mute(user, Now, RepostsOnly: true)],
        _ => [],
    };
}
