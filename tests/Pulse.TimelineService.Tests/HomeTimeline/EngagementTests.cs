using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.HomeTimeline;

/// <summary>Counts, and what the reader has done to a post.</summary>
public sealed class EngagementTests(FeedApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_CountsInRedisOrAtTheirOwner_AreShown()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var reader = app.NewUser();
        var post = await app.World.PostAsync(reader, Ct);
        app.Posts.Counts[post] = new PostCounts(post, Likes: 1, Reposts: 2, Replies: 3, Version: 1);

        Assert.Equal((1, 2, 3), CountsOf(await OnlyPostAsync(reader)));

        await app.World.CacheSnapshotsAsync();
        await app.Cache.StringSetAsync(PostKeys.Counts(post), new PostCounts(post, Likes: 4, Reposts: 5, Replies: 6, Version: 2).Encode());
        Assert.Equal((4, 5, 6), CountsOf(await OnlyPostAsync(reader)));

        await app.Cache.KeyDeleteAsync(PostKeys.Counts(post));
        Assert.Equal((1, 2, 3), CountsOf(await OnlyPostAsync(reader)));
    }

    [Fact]
    public async Task Read_MarksOfAKnownVersion_AreAskedForOnce()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var reader = app.NewUser();
        var post = await app.World.PostAsync(reader, Ct);
        await MarkAsync(app, reader, version: 1, new PostMarks(post, Liked: true));

        for (var read = 0; read < 3; read++) Assert.True((await OnlyPostAsync(reader)).GetProperty("liked").GetBoolean());
        Assert.Equal(1, app.Posts.MarksReads);

        await MarkAsync(app, reader, version: 2, new PostMarks(post, Reposted: true, Bookmarked: true));
        var shown = await OnlyPostAsync(reader);
        Assert.Equal((false, true, true), (shown.GetProperty("liked").GetBoolean(), shown.GetProperty("reposted").GetBoolean(), shown.GetProperty("bookmarked").GetBoolean()));
        Assert.Equal(2, app.Posts.MarksReads);
    }

    [Fact]
    public async Task Read_VersionOfMarksUnknown_AsksEachTime()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var reader = app.NewUser();
        await app.World.PostAsync(reader, Ct);

        for (var read = 1; read <= 3; read++)
        {
            Assert.False((await OnlyPostAsync(reader)).GetProperty("liked").GetBoolean());
            Assert.Equal(read, app.Posts.MarksReads);
        }
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_PostServiceAwayAndMarksUnknown_SaysSoAndInventsNothing()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var reader = app.NewUser();
        var post = await app.World.PostAsync(reader, Ct);
        await app.World.CacheSnapshotsAsync();
        await OnlyPostAsync(reader);
        await MarkAsync(app, reader, version: 1, new PostMarks(post, Liked: true));
        app.Posts.Health = Health.Refused;

        var page = await PageAsync(reader);

        Assert.Equal("posts", Assert.Single(page.GetProperty("degraded").EnumerateArray()).GetString());
        Assert.Equal(JsonValueKind.Null, Assert.Single(page.GetProperty("posts").EnumerateArray()).GetProperty("liked").ValueKind);
    }

    [Fact]
    public async Task Read_Repost_CountsAndMarksBelongToWhatItShows()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        var original = await app.World.PostAsync(author, Ct);
        await app.World.RepostAsync(reader, original, Ct);
        app.Posts.Counts[original] = new PostCounts(original, Likes: 7, Reposts: 1, Replies: 0, Version: 1);
        await MarkAsync(app, reader, version: 1, new PostMarks(original, Liked: true, Reposted: true));

        var repost = await OnlyPostAsync(reader);

        Assert.Equal((0, 0, 0), CountsOf(repost));
        Assert.Equal((7, 1, 0), CountsOf(repost.GetProperty("repost_of")));
        Assert.False(repost.GetProperty("liked").GetBoolean());
        Assert.True(repost.GetProperty("repost_of").GetProperty("liked").GetBoolean());
        Assert.True(repost.GetProperty("repost_of").GetProperty("reposted").GetBoolean());
    }

    // What PostService does with a like.
    private static async Task MarkAsync(FeedApp app, TestUser reader, long version, params PostMarks[] marks)
    {
        app.Posts.Marks[reader.Id] = new MarksResponse(version, marks);
        await app.Cache.StringSetAsync(PostKeys.MarksVersion(reader.Id), version);
    }

    private static (int Likes, int Reposts, int Replies) CountsOf(JsonElement post) =>
        (post.GetProperty("likes_count").GetInt32(), post.GetProperty("reposts_count").GetInt32(), post.GetProperty("replies_count").GetInt32());

    private static async Task<JsonElement> OnlyPostAsync(TestUser reader) => Assert.Single((await PageAsync(reader)).GetProperty("posts").EnumerateArray());

    private static async Task<JsonElement> PageAsync(TestUser reader)
    {
        using var answer = await reader.GetAsync("", Ct);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(Ct));
    }
}
