using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Visibility.Tests;

public sealed class PostVisibilityRulesTests
{
    private static readonly DateTimeOffset Since = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly UserId Author = new(1);
    private static readonly UserId Someone = new(2);
    private static readonly UserId Other = new(3);

    /// <summary>How the viewer stands to the author.</summary>
    public enum Viewer
    {
        Anonymous,
        Author,
        Follower,
        Stranger,

        /// <summary>The author follows him, he does not follow the author.</summary>
        Followed,

        /// <summary>He blocks the author.</summary>
        Blocker,

        /// <summary>The author blocks him.</summary>
        Blocked,

        /// <summary>His follow is older than the block that ended it.</summary>
        FollowerApart,
    }

    /// <summary>The whole table: viewer, visibility, may see it, belongs in his home timeline.</summary>
    public static TheoryData<Viewer, PostVisibility, bool, bool> Table => new()
    {
        { Viewer.Anonymous, PostVisibility.Public, true, false },
        { Viewer.Anonymous, PostVisibility.Followers, false, false },
        { Viewer.Anonymous, PostVisibility.Mentioned, false, false },
        { Viewer.Author, PostVisibility.Public, true, true },
        { Viewer.Author, PostVisibility.Followers, true, true },
        { Viewer.Author, PostVisibility.Mentioned, true, true },
        { Viewer.Follower, PostVisibility.Public, true, true },
        { Viewer.Follower, PostVisibility.Followers, true, true },
        { Viewer.Follower, PostVisibility.Mentioned, false, false },
        { Viewer.Stranger, PostVisibility.Public, true, false },
        { Viewer.Stranger, PostVisibility.Followers, false, false },
        { Viewer.Stranger, PostVisibility.Mentioned, false, false },
        { Viewer.Followed, PostVisibility.Public, true, false },
        { Viewer.Followed, PostVisibility.Followers, false, false },
        { Viewer.Followed, PostVisibility.Mentioned, false, false },
        { Viewer.Blocker, PostVisibility.Public, false, false },
        { Viewer.Blocker, PostVisibility.Followers, false, false },
        { Viewer.Blocker, PostVisibility.Mentioned, false, false },
        { Viewer.Blocked, PostVisibility.Public, false, false },
        { Viewer.Blocked, PostVisibility.Followers, false, false },
        { Viewer.Blocked, PostVisibility.Mentioned, false, false },
        { Viewer.FollowerApart, PostVisibility.Public, false, false },
        { Viewer.FollowerApart, PostVisibility.Followers, false, false },
        { Viewer.FollowerApart, PostVisibility.Mentioned, false, false },
    };

    [Theory]
    [MemberData(nameof(Table))]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "16")]
    public void Rules_EveryViewerAndVisibility_AsTheTableSays(Viewer viewer, PostVisibility visibility, bool sees, bool inHome)
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", visibility, Since);

        Assert.Equal(sees, PostVisibilityRules.CanSee(GraphOf(viewer), post));
        Assert.Equal(inHome, PostVisibilityRules.BelongsInHome(GraphOf(viewer), post));
    }

    [Fact]
    public void Table_NamesEveryCase() =>
        Assert.Equal(Enum.GetValues<Viewer>().Length * Enum.GetValues<PostVisibility>().Length, Table.Count);

    [Fact]
    [Trait("Invariant", "16")]
    public void CanSee_VisibilityOfANewerVersion_IsHiddenFromAllButTheAuthor()
    {
        var post = new PostSnapshot(new PostId(9), Author, "text", (PostVisibility)99, Since);

        Assert.False(PostVisibilityRules.CanSee(GraphOf(Viewer.Follower), post));
        Assert.True(PostVisibilityRules.CanSee(GraphOf(Viewer.Author), post));
    }

    [Fact]
    public void For_Snapshot_KeepsVersionAndSince()
    {
        var graph = ViewerGraph.For(Someone, new GraphSnapshot(42, [new Followee(Author, Since)]));

        Assert.Equal(42, graph.Version);
        Assert.Equal(Since, graph.Followees[Author]);
        Assert.True(graph.Is(Someone));
        Assert.False(graph.Is(Author));
        Assert.False(ViewerGraph.Anonymous.Is(Someone));
    }

    [Fact]
    [Trait("Invariant", "15")]
    public void ApartFrom_MoreUsers_AddsThemAndKeepsTheRest()
    {
        var graph = ViewerGraph.For(Someone, new GraphSnapshot(42, [new Followee(Author, Since)], Blocks: [Other]));

        var apart = graph.ApartFrom([Author]);

        Assert.True(apart.IsApartFrom(Author) && apart.IsApartFrom(Other) && apart.Follows(Author));
        Assert.False(graph.IsApartFrom(Author));
        Assert.Equal((42L, 3), (apart.Version, apart.Size));
    }

    private static ViewerGraph GraphOf(Viewer viewer) => viewer switch
    {
        Viewer.Anonymous => ViewerGraph.Anonymous,
        Viewer.Author => ViewerGraph.For(Author, new GraphSnapshot(1, [new Followee(Other, Since)])),
        Viewer.Follower => ViewerGraph.For(Someone, new GraphSnapshot(1, [new Followee(Author, Since)])),
        Viewer.Blocker => ViewerGraph.For(Someone, new GraphSnapshot(1, [], Blocks: [Author], BlockedBy: [Other])),
        Viewer.Blocked => ViewerGraph.For(Someone, new GraphSnapshot(1, [], Blocks: [Other], BlockedBy: [Author])),
        Viewer.FollowerApart => ViewerGraph.For(Someone, new GraphSnapshot(1, [new Followee(Author, Since)])).ApartFrom([Author]),
        _ => ViewerGraph.For(Someone, new GraphSnapshot(1, [new Followee(Other, Since)])),
    };
}
