using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.UserService.Blocks;
using Pulse.UserService.Data;
using Pulse.UserService.Tests.Hosting;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Departure;

/// <summary>Accounts that are erased while something is away, or in the way.</summary>
public sealed class ErasureOutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "24")]
    public async Task Erase_BusAway_LeavesNoKeyWhenItsEventsGo()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (leaving, idol) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        await leaving.FollowAsync(idol, Ct);
        app.Bus.IsAway = true;

        await DeleteAsync(leaving);

        await ErasedAsync(app, leaving);
        app.Bus.IsAway = false;
        await DepartedAsync(app);
        Assert.Equal((false, false), await KeysAsync(app, leaving));
        Assert.Empty(app.Errors);
    }

    [Fact]
    [Trait("Invariant", "24")]
    public async Task Erase_RedisFrozen_ItsEventWaitsForTheKeys()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (leaving, idol) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        await leaving.FollowAsync(idol, Ct);
        using var client = app.Internal();
        using var filled = await client.PostAsync("/internal/users/batch", Json.Body($"{{\"ids\":[\"{leaving.Id}\"]}}"), Ct);
        Assert.Equal((true, true), await KeysAsync(app, leaving));
        redis.Pause();

        await DeleteAsync(leaving);

        await ErasedAsync(app, leaving);
        await idol.RelateAsync(HttpMethod.Put, "mute", await app.NewUserAsync(Ct), Ct);
        await Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Type == UserMuted.Type), "a younger event is published", Ct);
        Assert.DoesNotContain(app.Bus.Published, entry => entry.Message.Type == UserDeleted.Type);
        redis.Resume();
        await DepartedAsync(app);
        Assert.Equal((false, false), await KeysAsync(app, leaving));
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task Erase_EdgeThatCommitsMeanwhile_IsEndedOnTheNextTurn()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (leaving, other) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UserDbContext>();
        await using (var transaction = await db.Database.BeginTransactionAsync(Ct))
        {
            db.Blocks.Add(new Block { BlockerId = other.Id, BlockedId = leaving.Id, Since = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(Ct);

            await DeleteAsync(leaving);

            await Until.TrueAsync(
                () => app.QueryAsync(async own => (await own.Database.SqlQuery<long>(
                    $"""SELECT count(*) AS "Value" FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%DELETE FROM users%'""").ToListAsync(Ct)).Single() == 1),
                "the last step waits for the edge",
                Ct);
            await transaction.CommitAsync(Ct);
        }

        await ErasedAsync(app, leaving);
        await Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Type == UserUnblocked.Type), "the block has ended like others do", Ct);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task Erase_BesideACelebrity_DoesNotWaitForHim()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (celebrity, other) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        await app.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO users (id, username, email, display_name, bio, graph_version, following_count, created_at)
            SELECT n, 'fan' || n, 'fan' || n, 'fan', '', 1, 1, now() FROM generate_series(1, 10000) n;
            INSERT INTO follows (follower_id, followee_id, since) SELECT n, {celebrity.Id.Value}, now() FROM generate_series(1, 10000) n;
            UPDATE follower_counts SET followers = 10000 WHERE user_id = {celebrity.Id.Value};
            """,
            Ct));
        app.Posts.Posts[celebrity.Id] = [new(new Contracts.Ids.PostId(1), celebrity.Id, "a post", PostVisibility.Public, DateTimeOffset.UnixEpoch)];
        await DeleteAsync(celebrity);

        await DeleteAsync(other);

        await ErasedAsync(app, other);
        Assert.True(await app.QueryAsync(db => db.Follows.AnyAsync(follow => follow.FolloweeId == celebrity.Id, Ct)), "the celebrity's follows are not at their end");
        Assert.Empty(app.Posts.Posts[celebrity.Id]);
    }

    private static async Task DeleteAsync(TestUser user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/users/me") { Content = JsonContent.Create(new { password = UserServiceApp.Password }) };
        using var answer = await user.Client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static Task ErasedAsync(UserServiceApp app, TestUser user) =>
        Until.TrueAsync(() => app.QueryAsync(async db => !await db.Users.AnyAsync(row => row.Id == user.Id, Ct)), "the account is erased", Ct);

    private static Task DepartedAsync(UserServiceApp app) =>
        Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Type == UserDeleted.Type), "the departure is published", Ct);

    private static async Task<(bool Card, bool GraphVersion)> KeysAsync(UserServiceApp app, TestUser user)
    {
        var cache = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        return (await cache.KeyExistsAsync(UserKeys.Card(user.Id)), await cache.KeyExistsAsync(UserKeys.GraphVersion(user.Id)));
    }
}
