using System.Net.Http.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pulse.TestInfrastructure;
using Pulse.UserService.Accounts;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Accounts;

/// <summary>Who hangs up has not guessed wrong: an app that waits too little must not lock its user out.</summary>
public sealed class ImpatientLoginTests(UsersFixture servers)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LogIn_RightPasswordAbandonedWhileItIsChecked_LeavesNoFailure()
    {
        using var hasher = new HeldHasher();
        await using var app = await StartAsync(hasher);
        var name = await SignUpAsync(app);

        using var caller = new CancellationTokenSource();
        var login = LogInAsync(app, name, caller.Token);
        await hasher.BegunAsync(1, Ct);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login);
        hasher.Release();

        await Until.TrueAsync(async () => await FailuresAsync(app) == 0, "the abandoned login counts as none", Ct);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task LogIn_AbandonedBeforeThePasswordWasLookedAt_LeavesNoFailure()
    {
        using var hasher = new HeldHasher();
        await using var app = await StartAsync(hasher);
        var name = await SignUpAsync(app);
        // One for every processor; the next one waits.
        var others = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => LogInAsync(app, "not a name", Ct)).ToList();
        await hasher.BegunAsync(others.Count, Ct);
        var before = await FailuresAsync(app);

        using var caller = new CancellationTokenSource();
        var login = LogInAsync(app, name, caller.Token);
        await Until.TrueAsync(async () => await FailuresAsync(app) == before + 1, "the attempt has begun", Ct);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login);

        await Until.TrueAsync(async () => await FailuresAsync(app) == before, "the attempt is taken back", Ct);
        hasher.Release();
        foreach (var other in others) (await other).Dispose();
        Assert.Equal(before, await FailuresAsync(app));
    }

    private static Task<int> FailuresAsync(UserServiceApp app) => app.QueryAsync(db => db.Set<LoginAttempt>().SumAsync(row => row.Failures, Ct));

    private static async Task<string> SignUpAsync(UserServiceApp app)
    {
        using var client = app.Anonymous();
        var signup = app.NewSignup();
        using var created = await client.PostAsJsonAsync("/v1/auth/signup", signup, Ct);
        created.EnsureSuccessStatusCode();
        return (string)signup["username"]!;
    }

    private static async Task<HttpResponseMessage> LogInAsync(UserServiceApp app, string username, CancellationToken ct)
    {
        using var client = app.Anonymous();
        return await client.PostAsJsonAsync("/v1/auth/login", new { username, password = UserServiceApp.Password }, ct);
    }

    private async Task<UserServiceApp> StartAsync(HeldHasher hasher) => await UserServiceApp.StartAsync(
        await servers.Postgres.CreateDatabaseAsync($"impatient_{hasher.Number}", Ct),
        servers.Redis.ConnectionString,
        Ct,
        [],
        services => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<Account>>(hasher)));

    /// <summary>Checks no password before it is told to.</summary>
    private sealed class HeldHasher : IPasswordHasher<Account>, IDisposable
    {
        private static int _numbers;

        private readonly ManualResetEventSlim _released = new();
        private int _begun;

        public int Number { get; } = Interlocked.Increment(ref _numbers);

        public Task BegunAsync(int checks, CancellationToken ct) =>
            Until.TrueAsync(() => Task.FromResult(Volatile.Read(ref _begun) >= checks), $"{checks} passwords are being checked", ct);

        public void Release() => _released.Set();

        public string HashPassword(Account user, string password) => password;

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _begun);
            // Not for ever: a test that fails shall end.
            _released.Wait(TimeSpan.FromSeconds(20));
            return hashedPassword == providedPassword ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;
        }

        public void Dispose()
        {
            _released.Set();
            _released.Dispose();
        }
    }
}
