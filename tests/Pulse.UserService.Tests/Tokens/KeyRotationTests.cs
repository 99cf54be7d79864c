using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure;
using Pulse.UserService.Data;
using Pulse.UserService.Tests.Hosting;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Tokens;

public sealed class KeyRotationTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SigningKey_ManyReplicasAtOnce_AgreeOnOne()
    {
        await using var source = await EmptyAsync("keys_first");
        var replicas = Enumerable.Range(0, 8).Select(_ => new Replica(source, new ManualClock(), new TokenOptions())).ToList();

        var keys = await Task.WhenAll(replicas.Select(replica => replica.Keys.SigningKeyAsync(Ct).AsTask()));

        Assert.Single(keys.Select(key => key.KeyId).Distinct(StringComparer.Ordinal));
        foreach (var replica in replicas) replica.Dispose();
    }

    [Fact]
    public async Task Rotate_ManyReplicasAtOnce_MakeOneKey()
    {
        await using var source = await EmptyAsync("keys_one");
        var clock = new ManualClock();
        var replicas = Enumerable.Range(0, 8).Select(_ => new Replica(source, clock, new TokenOptions())).ToList();
        var first = await replicas[0].Keys.SigningKeyAsync(Ct);

        var rotated = await Task.WhenAll(replicas.Select(replica => replica.Store.RotateAsync(wanted: true, Ct)));

        Assert.Single(rotated, one => one.IsNew);
        var newest = Assert.Single(rotated.Select(one => one.Newest.KeyId).Distinct(StringComparer.Ordinal));
        Assert.NotEqual(first.KeyId, newest);
        foreach (var replica in replicas) replica.Dispose();
    }

    /// <summary>
    /// Three months of a clock that a test moves, in steps of five seconds around each rotation: two replicas, a reader of the key
    /// set that keeps it for a minute, and every token that has not expired. No reader ever meets a key that he does not know.
    /// </summary>
    [Fact]
    public async Task Rotation_TwoReplicasAndAReaderWithACache_EveryTokenIsOfAKnownKey()
    {
        await using var source = await EmptyAsync("keys_clock");
        var (clock, options) = (new ManualClock(), new TokenOptions());
        using var one = new Replica(source, clock, options);
        using var two = new Replica(source, clock, options);
        Replica[] replicas = [one, two];
        var random = new Random(20261121);
        List<(string Key, DateTimeOffset ExpiresAt)> tokens = [];
        HashSet<string> cached = [], signed = [];
        var cachedAt = DateTimeOffset.MinValue;

        for (var step = 0; step < 900; step++)
        {
            var now = clock.GetUtcNow();
            // Weeks in which nothing happens, in which every token expires and the reader looks again.
            if (step % 300 == 299)
            {
                clock.Advance(options.KeyLifetime);
                tokens.Clear();
                cachedAt = DateTimeOffset.MinValue;
            }

            if (step % 12 == 0) await replicas[random.Next(2)].Store.RotateAsync(wanted: false, Ct);
            if (now - cachedAt >= TimeSpan.FromSeconds(60))
            {
                var source1 = replicas[random.Next(2)].Keys;
                await source1.SigningKeyAsync(Ct);
                cached = [.. source1.Current.Select(key => key.KeyId)];
                cachedAt = clock.GetUtcNow();
            }

            var key = (await replicas[random.Next(2)].Keys.SigningKeyAsync(Ct)).KeyId;
            signed.Add(key);
            tokens.Add((key, clock.GetUtcNow() + options.AccessLifetime));
            tokens.RemoveAll(token => token.ExpiresAt < clock.GetUtcNow());

            Assert.All(tokens, token => Assert.Contains(token.Key, cached));
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.True(signed.Count >= 3, $"{signed.Count} keys signed");
        await one.Store.RotateAsync(wanted: false, Ct);
        Assert.True((await one.Store.ReadAsync(Ct)).Count <= 2, "old keys are gone");
    }

    [Fact]
    public async Task RotateCall_WhileRequestsGoOn_NoneFails()
    {
        await using var app = await UserServiceApp.StartAsync(
            await fixture.Postgres.CreateDatabaseAsync("keys_live", Ct),
            fixture.Redis.ConnectionString,
            Ct,
            [("Tokens:KeyActivationDelay", "00:00:03"), ("Tokens:KeyReloadInterval", "00:00:00.200")],
            _ => { });
        var user = await app.NewUserAsync(Ct);
        var old = KeyOf(user.Tokens.AccessToken);
        using var operations = app.Internal();
        using var rotated = await operations.PostAsync("/internal/keys/rotate", content: null, Ct);
        var next = (await rotated.ReadAsync<JsonElement>(Ct)).GetProperty("key_id").GetString();
        Assert.NotEqual(old, next);
        // Published at once, and signing later.
        Assert.Contains(next, await PublishedAsync(app));

        await Until.TrueAsync(
            async () =>
            {
                var fresh = await app.LogInAsync(user.Username, Ct);
                foreach (var token in (string[])[user.Tokens.AccessToken, fresh.AccessToken])
                {
                    using var client = app.WithToken(token);
                    using var me = await client.GetAsync("/v1/users/me", Ct);
                    Assert.Equal(HttpStatusCode.OK, me.StatusCode);
                    Assert.Contains(KeyOf(token), await PublishedAsync(app));
                }

                return KeyOf(fresh.AccessToken) == next;
            },
            "the new key signs",
            Ct);

        Assert.Empty(app.Errors);
    }

    private static string KeyOf(string token) => new JsonWebTokenHandler().ReadJsonWebToken(token).Kid;

    private static async Task<List<string?>> PublishedAsync(UserServiceApp app)
    {
        using var client = app.Anonymous();
        var set = await client.GetAsync<JsonElement>(TokenContract.KeysPath, Ct);
        return [.. set.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString())];
    }

    private async Task<NpgsqlDataSource> EmptyAsync(string name)
    {
        var database = await fixture.Postgres.CreateDatabaseAsync(name, Ct);
        await using var db = new UserDbContext(new DbContextOptionsBuilder<UserDbContext>().UseNpgsql(database).Options);
        await db.Database.MigrateAsync(Ct);
        return NpgsqlDataSource.Create(database);
    }

    private sealed class Replica : IDisposable
    {
        public Replica(NpgsqlDataSource source, TimeProvider clock, TokenOptions options)
        {
            Store = new SigningKeyStore(source, Options.Create(options), clock);
            Keys = new DatabaseSigningKeys(Store, Options.Create(options), clock, NullLogger<DatabaseSigningKeys>.Instance);
        }

        public SigningKeyStore Store { get; }

        public DatabaseSigningKeys Keys { get; }

        public void Dispose() => Keys.Dispose();
    }

    private sealed class ManualClock : TimeProvider
    {
        // Whole seconds: Postgres keeps microseconds.
        private DateTimeOffset _now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
