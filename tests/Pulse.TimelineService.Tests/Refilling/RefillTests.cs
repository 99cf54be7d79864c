using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure.Http;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Refilling;

namespace Pulse.TimelineService.Tests.Refilling;

/// <summary>timelinedb is lost, or wrong, and comes back from its owners. These tests empty tables, so each has a service of its own.</summary>
public sealed class RefillTests
{
    private const int Limit = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "2")]
    public async Task Refill_TablesEmptiedUnderLoad_EveryWalkEqualsTheOracle()
    {
        await using var app = await CreateAsync();
        TestUser[] users = [.. Enumerable.Range(0, 6).Select(_ => app.NewUser())];
        var random = new Random(7);
        // Everybody but the last follows the first, who is thereby pulled.
        foreach (var user in users[1..^1]) await app.World.FollowAsync(user, users[0], Ct);
        for (var step = 0; step < 60; step++) await StepAsync(app, users, random);
        foreach (var user in users) await user.WalkAsync(10, Ct);

        await app.ExecuteAsync($"TRUNCATE {RefillCalls.Everything}");
        using var ending = new CancellationTokenSource();
        var load = Task.Run(
            async () =>
            {
                while (!ending.IsCancellationRequested) await StepAsync(app, users, random);
            },
            Ct);
        await app.RefillAsync();
        await ending.CancelAsync();
        await load;

        foreach (var limit in (int[])[1, 7, 50])
        {
            foreach (var user in users) Assert.Equal(app.World.Oracle(user), await user.WalkAsync(limit, Ct));
        }

        foreach (var user in users) Assert.Equal("cache", (await user.ReadAsync(Ct, limit: 5)).Source);
        Assert.Contains(users[0].Id, (await app.Services.GetRequiredService<PullAuthors>().LoadAsync(Ct)).Authors);
        Assert.Equal(0, await app.ScalarAsync("SELECT count(*) FROM authors a WHERE followers <> (SELECT count(*) FROM follow_edges WHERE followee = a.author_id AND active)"));
    }

    [Fact]
    [Trait("Invariant", "10")]
    public async Task Refill_TablesEmptied_FanOutReachesFollowersAgain()
    {
        await using var app = await CreateAsync();
        var (author, reader) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        var before = await app.World.PostAsync(author, Ct);
        await reader.ReadAsync(Ct);
        await app.ExecuteAsync($"TRUNCATE {RefillCalls.Everything}");
        // Nobody is known to follow, so it reaches no list, not even the warm one.
        var during = await app.World.PostAsync(author, Ct);

        await app.RefillAsync();
        Assert.Equal([during.Value, before.Value], (await reader.ReadAsync(Ct)).Ids);
        var after = await app.World.PostAsync(author, Ct);

        var page = await reader.ReadAsync(Ct);
        Assert.Equal([after.Value, during.Value, before.Value], page.Ids);
        Assert.Equal("cache", page.Source);
    }

    [Fact]
    [Trait("Invariant", "22")]
    public async Task Refill_PostsThatStand_KeepTheirModeAndTheirDelete()
    {
        await using var app = await CreateAsync();
        var author = app.NewUser();
        foreach (var follower in Enumerable.Range(0, Limit).Select(_ => app.NewUser())) await app.World.FollowAsync(follower, author, Ct);
        var posts = app.Services.GetRequiredService<AuthorPosts>();
        var pushed = await app.World.PostAsync(author, Ct);
        var missing = app.World.CommitPost(author);
        var deleted = await app.World.PostAsync(author, Ct);
        await app.World.DeleteAsync(deleted);

        await app.RefillAsync();

        Assert.Equal(new RecordedPost(FanoutMode.Push, Deleted: false), await posts.FindAsync(author.Id, pushed, Ct));
        Assert.Equal(new RecordedPost(FanoutMode.Pull, Deleted: false), await posts.FindAsync(author.Id, missing, Ct));
        Assert.Equal(new RecordedPost(FanoutMode.Push, Deleted: true), await posts.FindAsync(author.Id, deleted, Ct));
        Assert.Equal(new AuthorState(Limit, Pulled: true), await posts.AuthorAsync(author.Id, Ct));
    }

    [Fact]
    public async Task Refill_CountsAndEdgesAreWrong_MendsThem()
    {
        await using var app = await CreateAsync();
        var (author, other, reader) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        // An edge that its owner does not have, one that is ended here alone, and a count from nowhere.
        await app.ExecuteAsync($"INSERT INTO follow_edges VALUES ({other.Id}, {reader.Id}, 1, true, now())");
        await app.ExecuteAsync($"UPDATE follow_edges SET active = false, since = NULL WHERE followee = {author.Id}");
        await app.ExecuteAsync($"UPDATE authors SET followers = 77 WHERE author_id = {author.Id}");

        await app.RefillAsync();

        Assert.Equal([author.Id], (await app.Services.GetRequiredService<FollowEdges>().FolloweesAsync(reader.Id, Ct)).Select(followee => followee.Id));
        Assert.Equal(1, (await app.Services.GetRequiredService<AuthorPosts>().AuthorAsync(author.Id, Ct)).Followers);
        Assert.Equal(0, (await app.Services.GetRequiredService<AuthorPosts>().AuthorAsync(other.Id, Ct)).Followers);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task EdgeRefill_EventsOfLaterAndEarlierVersions_TheGreaterVersionWins()
    {
        await using var app = await CreateAsync();
        var (edges, refill) = (app.Services.GetRequiredService<FollowEdges>(), app.Services.GetRequiredService<EdgeRefill>());
        var reader = app.World.NewUser();
        UserId[] authors = [.. Enumerable.Range(0, 4).Select(_ => app.World.NewUser())];
        var since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        // Read at version 10; before it is applied the reader leaves the first and comes to the second.
        UserGraph graph = new(reader, 10, [new Followee(authors[0], since), new Followee(authors[2], since)]);
        await edges.ApplyAsync(new UserUnfollowed(reader, authors[0], 11), Ct);
        await edges.ApplyAsync(new UserFollowed(reader, authors[1], 12, since), Ct);
        await edges.ApplyAsync(new UserFollowed(reader, authors[3], 4, since), Ct);

        await refill.ApplyAsync([graph], Ct);
        // What comes late is older than the graph, or newer.
        Assert.False(await edges.ApplyAsync(new UserUnfollowed(reader, authors[2], 9), Ct));
        Assert.False(await edges.ApplyAsync(new UserFollowed(reader, authors[3], 4, since), Ct));

        Assert.Equal([authors[1], authors[2]], (await edges.FolloweesAsync(reader, Ct)).Select(followee => followee.Id));
        Assert.True(await edges.ApplyAsync(new UserUnfollowed(reader, authors[2], 13), Ct));
        await refill.ApplyAsync([graph], Ct);
        Assert.Equal([authors[1]], (await edges.FolloweesAsync(reader, Ct)).Select(followee => followee.Id));
        foreach (var (author, followers) in authors.Zip((long[])[0, 1, 0, 0]))
        {
            Assert.Equal(followers, (await app.Services.GetRequiredService<AuthorPosts>().AuthorAsync(author, Ct)).Followers);
        }
    }

    [Fact]
    public async Task Refill_AnotherRuns_IsAConflict()
    {
        await using var app = await CreateAsync();
        using var client = app.Operator();
        await using (await RefillTurn.TryTakeAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), Ct))
        {
            using var answer = await client.PostAsync(new Uri("/internal/timelines/refill", UriKind.Relative), content: null, Ct);
            await ProblemJson.AssertAsync(answer, HttpStatusCode.Conflict, Ct);
        }

        await app.RefillAsync();
    }

    [Fact]
    public async Task Refill_NoServiceKey_Is401()
    {
        await using var app = await CreateAsync();
        using var client = app.Client(token: null);
        using var answer = await client.PostAsync(new Uri("/internal/timelines/refill", UriKind.Relative), content: null, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.Unauthorized, Ct);
    }

    private static Task<FeedApp> CreateAsync() => FeedApp.CreateAsync(postgres: null, ("Fanout:PushFollowerLimit", $"{Limit}"));

    /// <summary>One thing that users do.</summary>
    private static async Task StepAsync(FeedApp app, TestUser[] users, Random random)
    {
        var (user, other) = (users[random.Next(users.Length)], users[random.Next(1, users.Length)]);
        switch (random.Next(10))
        {
            case < 6:
                var followers = (await app.Services.GetRequiredService<AuthorPosts>().AuthorAsync(user.Id, Ct)).Followers;
                var post = await app.World.PostAsync(user, Ct, PostVisibility.Public, followers >= Limit ? FanoutMode.Pull : FanoutMode.Push);
                if (random.Next(5) > 0) break;

                await app.World.DeleteAsync(post);
                await app.Services.GetRequiredService<AuthorPosts>().DeleteAsync(user.Id, post, Ct);
                break;
            case < 8 when user != other && !app.Users.Follows(user.Id, other.Id):
                await app.World.FollowAsync(user, other, Ct);
                break;
            case < 9 when user != other:
                await app.World.UnfollowAsync(user, other, Ct);
                break;
            default:
                await user.ReadAsync(Ct);
                break;
        }
    }
}
