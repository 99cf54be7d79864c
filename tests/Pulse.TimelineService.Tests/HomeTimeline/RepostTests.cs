using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.TimelineService.Tests.HomeTimeline;

/// <summary>One content once per walk: a post and its reposts collapse at the newest appearance that the reader may see.</summary>
public sealed class RepostTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "8")]
    public async Task Walk_PostAndItsReposts_ShowsTheNewestAppearanceAlone(int limit)
    {
        var (reader, author, fan, other) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        var between = await app.World.PostAsync(author, Ct);
        await app.World.RepostAsync(fan, original, Ct);
        var above = await app.World.PostAsync(author, Ct);
        var newest = await app.World.RepostAsync(other, original, Ct);

        Assert.Equal([newest.Value, above.Value, between.Value], await reader.WalkAsync(limit, Ct));
    }

    [Fact]
    [Trait("Invariant", "3")]
    public async Task Read_Repost_ShowsWhoRepostedAndTheOriginal()
    {
        var (reader, author, fan, _) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        var repost = await app.World.RepostAsync(fan, original, Ct);

        var shown = Assert.Single(await PostsAsync(reader));

        Assert.Equal(repost.ToString(), shown.GetProperty("id").GetString());
        Assert.Equal(fan.Id.ToString(), shown.GetProperty("author").GetProperty("id").GetString());
        Assert.Equal("", shown.GetProperty("content").GetString());
        Assert.Equal(original.ToString(), shown.GetProperty("repost_of").GetProperty("id").GetString());
        Assert.Equal(author.Id.ToString(), shown.GetProperty("repost_of").GetProperty("author").GetProperty("id").GetString());
        Assert.Equal($"Text of {original}", shown.GetProperty("repost_of").GetProperty("content").GetString());
    }

    /// <summary>A repost that is committed later and carries an older id must not make the walk pass over the content.</summary>
    [Fact]
    [Trait("Invariant", "5")]
    public async Task Walk_RepostComesLateBehindTheWalk_NothingIsSkipped()
    {
        var (reader, author, fan, _) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        var late = app.World.CommitRepost(fan, original);
        var newer = await app.World.PostAsync(author, Ct);
        var first = await reader.ReadAsync(Ct, limit: 1);

        await app.World.PlanAsync(fan, late, Timelines.FanoutMode.Push, Ct);
        // The walk has passed the place of the repost as soon as it has shown the original.
        var second = await reader.ReadAsync(Ct, limit: 50, first.NextCursor);

        Assert.Equal([newer.Value], first.Ids);
        Assert.Equal([late.Value], second.Ids);
    }

    [Fact]
    [Trait("Invariant", "5")]
    public async Task Walk_NewRepostOfWhatLiesAhead_ChangesNothing()
    {
        var (reader, author, fan, _) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        var newer = await app.World.PostAsync(author, Ct);
        var first = await reader.ReadAsync(Ct, limit: 1);

        var repost = await app.World.RepostAsync(fan, original, Ct);

        Assert.Equal([newer.Value], first.Ids);
        Assert.Equal([original.Value], (await reader.ReadAsync(Ct, limit: 50, first.NextCursor)).Ids);
        Assert.Equal([repost.Value, newer.Value], await reader.WalkAsync(50, Ct));
    }

    [Fact]
    [Trait("Invariant", "3")]
    public async Task Walk_RepostIsTakenBackAfterItWasShown_TheContentIsNotShownAgain()
    {
        var (reader, author, fan, _) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        var newer = await app.World.PostAsync(author, Ct);
        var repost = await app.World.RepostAsync(fan, original, Ct);
        var first = await reader.ReadAsync(Ct, limit: 1);

        await app.World.DeleteAsync(repost);
        var rest = await reader.ReadAsync(Ct, limit: 50, first.NextCursor);

        Assert.Equal([repost.Value], first.Ids);
        Assert.Equal([newer.Value], rest.Ids);
        Assert.Equal([newer.Value, original.Value], await reader.WalkAsync(1, Ct));
    }

    [Fact]
    [Trait("Invariant", "3")]
    public async Task Walk_FollowsTheAuthorAfterARepostWasShown_TheContentIsNotShownAgain()
    {
        var (reader, fan, stranger) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, fan, Ct);
        var original = await app.World.PostAsync(stranger, Ct);
        var own = await app.World.PostAsync(fan, Ct);
        var repost = await app.World.RepostAsync(fan, original, Ct);
        var first = await reader.ReadAsync(Ct, limit: 1);

        await app.World.FollowAsync(reader, stranger, Ct);

        Assert.Equal([repost.Value], first.Ids);
        Assert.Equal([own.Value], (await reader.ReadAsync(Ct, limit: 50, first.NextCursor)).Ids);
    }

    [Fact]
    public async Task Walk_RepostsOfTheNewestReposterAreMuted_ShowsTheNextAppearance()
    {
        var (reader, author, fan, other) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        var second = await app.World.RepostAsync(other, original, Ct);
        await app.World.RepostAsync(fan, original, Ct);

        await app.World.MuteAsync(reader, fan, Ct, repostsOnly: true);
        Assert.Equal([second.Value], await reader.WalkAsync(50, Ct));

        await app.World.MuteAsync(reader, other, Ct, repostsOnly: true);
        Assert.Equal([original.Value], await reader.WalkAsync(50, Ct));
    }

    [Fact]
    [Trait("Invariant", "14")]
    public async Task Walk_AuthorIsUnfollowed_ShowsHimOnlyWhereAnotherReposted()
    {
        var (reader, author, fan, _) = await PeopleAsync();
        var shared = await app.World.PostAsync(author, Ct);
        await app.World.PostAsync(author, Ct);
        var repost = await app.World.RepostAsync(fan, shared, Ct);

        await app.World.UnfollowAsync(reader, author, Ct);

        Assert.Equal([repost.Value], await reader.WalkAsync(50, Ct));
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Walk_OriginalIsDeleted_NoRepostShowsIt()
    {
        var (reader, author, fan, _) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        await app.World.RepostAsync(fan, original, Ct);
        var quote = await app.World.QuoteAsync(fan, original, Ct);

        await app.World.DeleteAsync(original);

        var shown = Assert.Single(await PostsAsync(reader));
        Assert.Equal(quote.ToString(), shown.GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("quote_of").ValueKind);
        Assert.Equal(original.ToString(), shown.GetProperty("quote_of_id").GetString());
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task Walk_AuthorOfTheOriginalIsBlocked_NeitherRepostNorQuoteShowsHim()
    {
        var (reader, author, fan, _) = await PeopleAsync();
        var original = await app.World.PostAsync(author, Ct);
        await app.World.RepostAsync(fan, original, Ct);
        await app.World.QuoteAsync(fan, original, Ct);
        Assert.Contains(original.ToString(), await BodyAsync(reader), StringComparison.Ordinal);

        await app.World.BlockAsync(author, reader, Ct);

        var shown = Assert.Single(await PostsAsync(reader));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("quote_of").ValueKind);
        Assert.DoesNotContain(author.Id.ToString(), await BodyAsync(reader), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Invariant", "3")]
    public async Task Walk_ManyRepostsOfOldPosts_IsWholeWithEveryLimit()
    {
        var (reader, author, fan, other) = await PeopleAsync();
        List<PostId> old = [];
        for (var number = 0; number < 60; number++) old.Add(await app.World.PostAsync(author, Ct));
        List<long> expected = [];
        foreach (var original in old.Where((_, number) => number % 3 == 0))
        {
            await app.World.RepostAsync(fan, original, Ct);
            expected.Insert(0, (await app.World.RepostAsync(other, original, Ct)).Value);
        }

        expected.AddRange(old.Where((_, number) => number % 3 != 0).Select(post => post.Value).Reverse());

        foreach (var limit in (int[])[1, 7, 50, 100]) Assert.Equal(expected, await reader.WalkAsync(limit, Ct));
    }

    private async Task<(TestUser Reader, TestUser Author, TestUser Fan, TestUser Other)> PeopleAsync()
    {
        var (reader, author, fan, other) = (app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser());
        foreach (var followee in (TestUser[])[author, fan, other]) await app.World.FollowAsync(reader, followee, Ct);
        return (reader, author, fan, other);
    }

    private static async Task<string> BodyAsync(TestUser reader)
    {
        using var answer = await reader.GetAsync("", Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    private static async Task<List<JsonElement>> PostsAsync(TestUser reader) => [.. JsonElement.Parse(await BodyAsync(reader)).GetProperty("posts").EnumerateArray()];
}
