using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Events;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Redis;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Profiles;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Hosting;

/// <summary>A service of its own over servers of its own, which are taken away.</summary>
public sealed class OutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_RedisAway_WorksAndTheVersionHeals()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (bob, alice) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        await redis.KillAsync(Ct);

        using var follow = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", content: null, Ct);

        Assert.Equal(HttpStatusCode.OK, follow.StatusCode);
        using var client = app.Internal();
        Assert.Equal(2, (await client.GetAsync<GraphSnapshot>($"/internal/users/{bob.Id}/graph", Ct)).Version);
        await Until.TrueAsync(() => app.Bus.Published.Count == 1, "the event is published without Redis", Ct);

        await redis.StartAsync(Ct);
        var cache = app.Services.GetRequiredService<RedisCircuit>();
        await Until.TrueAsync(
            async () =>
            {
                await client.GetAsync<GraphSnapshot>($"/internal/users/{bob.Id}/graph", Ct);
                RedisValue version = default;
                return await cache.TryRunAsync(async db => version = await db.StringGetAsync(UserKeys.GraphVersion(bob.Id)), Ct) && version == 2;
            },
            "a read publishes the version again",
            Ct);
        Assert.Empty(app.Errors);
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task Block_RedisFlushedBeforeTheRelay_BothVersionsArePublishedAgain()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (bob, alice) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        app.Bus.IsAway = true;
        using var block = await bob.Client.PutAsync($"/v1/users/{alice.Id}/block", content: null, Ct);
        await redis.FlushAsync(Ct);

        // One attempt may have passed the set before the flush; the second began after it.
        var refused = app.Bus.Refused;
        await Until.TrueAsync(() => app.Bus.Refused >= refused + 2, "the relay tried again", Ct);
        app.Bus.IsAway = false;

        await Until.TrueAsync(() => app.Bus.Published.Count == 1, "the event is published", Ct);
        var cache = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        Assert.Equal((2, 2), ((long)await cache.StringGetAsync(UserKeys.GraphVersion(bob.Id)), (long)await cache.StringGetAsync(UserKeys.GraphVersion(alice.Id))));
        Assert.Empty(app.Errors);
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task Block_RedisAway_IsInTheGraphAtOnce()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (bob, alice) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        await redis.KillAsync(Ct);

        using var block = await bob.Client.PutAsync($"/v1/users/{alice.Id}/block", content: null, Ct);

        Assert.Equal(HttpStatusCode.OK, block.StatusCode);
        using var client = app.Internal();
        Assert.Equal([bob.Id], (await client.GetAsync<GraphSnapshot>($"/internal/users/{alice.Id}/graph", Ct)).BlockedBy!);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task GraphVersion_RequestCouldNotSetIt_TheRelayDoes()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (bob, alice) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        app.Bus.IsAway = true;
        using var follow = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", content: null, Ct);
        await redis.FlushAsync(Ct);

        // One attempt may have passed the set before the flush; the second began after it.
        var refused = app.Bus.Refused;
        await Until.TrueAsync(() => app.Bus.Refused >= refused + 2, "the relay tried again", Ct);
        app.Bus.IsAway = false;

        await Until.TrueAsync(() => app.Bus.Published.Count == 1, "the event is published", Ct);
        Assert.Equal(2, (long)await app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGetAsync(UserKeys.GraphVersion(bob.Id)));
        Assert.Empty(app.Errors);
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task BecomePrivate_RedisFrozen_ItsEventWaitsForTheCardAndOnlyIt()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var (bob, alice) = (await app.NewUserAsync(Ct), await app.NewUserAsync(Ct));
        using var client = app.Internal();
        using var filled = await client.PostAsync("/internal/users/batch", Json.Body($"{{\"ids\":[\"{alice.Id}\"]}}"), Ct);
        redis.Pause();

        Assert.True((await alice.SetPrivateAsync(true, Ct)).IsPrivate);
        Assert.True((await bob.FollowAsync(alice, Ct)).Requested);
        Assert.Equal(HttpStatusCode.NoContent, await alice.AnswerAsync("accept", bob, Ct));
        Assert.True((await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct)).Muting);

        await Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Type == UserMuted.Type), "the other events are published", Ct);
        Assert.DoesNotContain(app.Bus.Published, entry => entry.Message.Type == UserPrivacyChanged.Type);
        redis.Resume();
        await Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Type == UserPrivacyChanged.Type), "the change is published", Ct);
        var card = AuthorCard.Decode((byte[])(await app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGetAsync(UserKeys.Card(alice.Id)))!);
        Assert.Equal((true, 2L), (card.IsPrivate, card.Version));
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task Calls_PostgresAway_Are503UntilItIsBack()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var user = await app.NewUserAsync(Ct);
        await postgres.KillAsync(Ct);

        foreach (var (method, path) in (IEnumerable<(HttpMethod, string)>)[(HttpMethod.Get, "/v1/users/me"), (HttpMethod.Put, "/v1/users/1/follow")])
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await user.Client.SendAsync(request, Ct);
            await ProblemJson.AssertAsync(response, HttpStatusCode.ServiceUnavailable, Ct);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        }

        await postgres.StartAsync(Ct);
        await Until.TrueAsync(async () => (await user.Client.GetAsync("/v1/users/me", Ct)).IsSuccessStatusCode, "the service answers again", Ct);
    }

    [Fact]
    public async Task GetUser_PostServiceAway_LeavesTheNumberOfPostsOpen()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        await using var app = await UserServiceApp.StartAsync(await postgres.CreateDatabaseAsync("users", Ct), redis.ConnectionString, Ct);
        var user = await app.NewUserAsync(Ct);
        app.Posts.IsAway = true;

        var me = await user.Client.GetAsync<UserResponse>("/v1/users/me", Ct);

        Assert.Null(me.PostsCount);
        Assert.Empty(app.Errors);
    }
}
