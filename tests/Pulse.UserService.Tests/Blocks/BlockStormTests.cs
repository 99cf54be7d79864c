using System.Net;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Blocks;

[Trait("Invariant", "15")]
[Trait("Invariant", "28")]
public sealed class BlockStormTests(UsersFixture fixture)
{
    private static readonly (HttpMethod Method, string Call)[] Calls =
        [(HttpMethod.Put, "follow"), (HttpMethod.Delete, "follow"), (HttpMethod.Put, "block"), (HttpMethod.Delete, "block")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Everybody follows, unfollows, blocks and unblocks everybody at once: a deadlock would be a 500.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    public async Task BlocksAndFollows_AllAtOnce_NeverDeadlockAndAgreeAfterwards(int people, int seed)
    {
        List<TestUser> users = [];
        while (users.Count < people) users.Add(await fixture.App.NewUserAsync(Ct));
        var random = new Random(seed);
        var plan = Enumerable.Range(0, 200).Select(_ =>
        {
            var one = random.Next(people);
            return (One: users[one], Other: users[(one + random.Next(1, people)) % people], Call: Calls[random.Next(Calls.Length)]);
        }).ToList();

        var answers = await Task.WhenAll(plan.Select(step => SendAsync(step.One, step.Call.Method, step.Call.Call, step.Other)));

        Assert.All(answers.Zip(plan), answer => Assert.True(
            answer.First == HttpStatusCode.OK || (answer.First == HttpStatusCode.Forbidden && answer.Second.Call == Calls[0]),
            $"{answer.Second.Call} was answered {answer.First}."));
        await AssertAgreementAsync(users);
    }

    /// <summary>Which account has the smaller id must not matter: a block waits for whoever holds the first of the two.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Block_FollowIsUnderWay_WaitsAndEndsIt(bool blockerIsOlder)
    {
        var (older, newer) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        var (blocker, follower) = blockerIsOlder ? (older, newer) : (newer, older);
        await using var other = new NpgsqlConnection(await fixture.App.QueryAsync(db => Task.FromResult(db.Database.GetConnectionString()!)));
        await other.OpenAsync(Ct);
        await using var under = await other.BeginTransactionAsync(Ct);
        await ExecuteAsync(other, "SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", follower.Id);
        await ExecuteAsync(other, "INSERT INTO follows VALUES ($2, $1, now())", blocker.Id, follower.Id);
        await ExecuteAsync(other, "UPDATE users SET graph_version = graph_version + 1, following_count = 1 WHERE id = $1", follower.Id);
        await ExecuteAsync(other, "UPDATE follower_counts SET followers = 1 WHERE user_id = $1", blocker.Id);

        var block = SendAsync(blocker, HttpMethod.Put, "block", follower);
        await Until.TrueAsync(
            () => fixture.App.QueryAsync(db => db.Database.SqlQuery<bool>(
                $"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%users WHERE id = ANY%') AS \"Value\"").SingleAsync(Ct)),
            "the block waits for the follow",
            Ct);
        Assert.False(block.IsCompleted);
        await under.CommitAsync(Ct);

        Assert.Equal(HttpStatusCode.OK, await block);
        await AssertAgreementAsync([older, newer]);
        Assert.Equal(0, await fixture.App.QueryAsync(db => db.Follows.CountAsync(follow => follow.FollowerId == follower.Id, Ct)));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params UserId[] users)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var user in users) command.Parameters.Add(new() { Value = user.Value });
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task<HttpStatusCode> SendAsync(TestUser user, HttpMethod method, string call, TestUser other)
    {
        using var request = new HttpRequestMessage(method, $"/v1/users/{other.Id}/{call}");
        using var response = await user.Client.SendAsync(request, Ct);
        return response.StatusCode;
    }

    /// <summary>No follow beside a block, the counts are those of the edges, and the newest event of each block says what stands.</summary>
    private Task<bool> AssertAgreementAsync(IReadOnlyList<TestUser> users) => fixture.App.QueryAsync(async db =>
    {
        var ids = users.Select(user => user.Id).ToList();
        var follows = await db.Follows.Where(follow => ids.Contains(follow.FollowerId)).ToListAsync(Ct);
        var blocks = await db.Blocks.Where(block => ids.Contains(block.BlockerId)).ToListAsync(Ct);
        Assert.DoesNotContain(follows, follow => blocks.Any(block =>
            (block.BlockerId, block.BlockedId) == (follow.FollowerId, follow.FolloweeId) || (block.BlockedId, block.BlockerId) == (follow.FollowerId, follow.FolloweeId)));
        foreach (var id in ids)
        {
            Assert.Equal(follows.Count(follow => follow.FolloweeId == id), await db.FollowerCounts.Where(count => count.UserId == id).Select(count => count.Followers).SingleAsync(Ct));
            Assert.Equal(follows.Count(follow => follow.FollowerId == id), await db.Users.Where(user => user.Id == id).Select(user => user.FollowingCount).SingleAsync(Ct));
        }

        var groups = ids.ConvertAll(id => id.ToString());
        var events = (await db.Outbox.Where(message => groups.Contains(message.GroupKey)).ToListAsync(Ct)).ConvertAll(row => EventEnvelope.Read(row.Body));
        var changes = events.Where(entry => entry.Type == UserBlocked.Type).Select(entry => entry.DataAs<UserBlocked>())
            .Select(change => (change.BlockerId, change.BlockedId, change.Version, Stands: true))
            .Concat(events.Where(entry => entry.Type == UserUnblocked.Type).Select(entry => entry.DataAs<UserUnblocked>())
                .Select(change => (change.BlockerId, change.BlockedId, change.Version, Stands: false)));
        var standing = changes.GroupBy(change => (change.BlockerId, change.BlockedId)).Where(edge => edge.MaxBy(change => change.Version).Stands).Select(edge => edge.Key).ToHashSet();
        Assert.Equal(blocks.Select(block => (block.BlockerId, block.BlockedId)).ToHashSet(), standing);
        return true;
    });
}
