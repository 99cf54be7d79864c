using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Pulse.Contracts;
using Pulse.TestInfrastructure;
using Pulse.UserService.Accounts;

namespace Pulse.UserService.Tests.Hosting;

/// <summary>A service of its own with a mail sink, few attempts before a lockout, a counting hasher, and a log of all it says.</summary>
public sealed class MailFixture(UsersFixture servers) : IAsyncLifetime
{
    public const int Failures = 3;
    public const int MailsPerHour = 3;
    public const string NewPassword = "another password 456";

    private readonly LogCollector _log = new();
    private string _database = null!;

    public LocalMail Mail { get; private set; } = null!;

    public UserServiceApp App { get; private set; } = null!;

    internal CountingHasher Hasher { get; } = new();

    /// <summary>All levels, all categories.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Mail = await LocalMail.CreateAsync(ct);
        _database = await servers.Postgres.CreateDatabaseAsync($"mail_{Mail.Port}", ct);
        App = await ReplicaAsync(ct);
    }

    /// <summary>Another process of the same service.</summary>
    public Task<UserServiceApp> ReplicaAsync(CancellationToken ct, params (string Key, string Value)[] settings) => UserServiceApp.StartAsync(
        _database,
        servers.Redis.ConnectionString,
        ct,
        [
            ("Mail:SmtpHost", "127.0.0.1"), ("Mail:SmtpPort", $"{Mail.Port}"), ("Mail:PerAddressAndHour", $"{MailsPerHour}"),
            ("Lockout:Failures", $"{Failures}"), ("Logging:LogLevel:Default", "Trace"), .. settings,
        ],
        services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<Account>>(Hasher));
            services.AddSingleton<ILoggerProvider>(_log);
        });

    public Task<HttpResponseMessage> LogInAsync(string login, string password, CancellationToken ct) => PostAsync("login", new { username = login, password }, ct);

    public Task<HttpResponseMessage> ForgotAsync(string email, CancellationToken ct) => PostAsync("password/forgot", new { email }, ct);

    public Task<HttpResponseMessage> ResetAsync(string token, string password, CancellationToken ct) => PostAsync("password/reset", new { token, @new = password }, ct);

    public async Task<HttpResponseMessage> PostAsync<T>(string call, T body, CancellationToken ct)
    {
        using var client = App.Anonymous();
        return await client.PostAsJsonAsync($"/v1/auth/{call}", body, PulseJson.Options, ct);
    }

    /// <summary>The token of a mail that was asked for now.</summary>
    public async Task<string> ResetTokenAsync(string email, CancellationToken ct, int count = 1)
    {
        using var forgot = await ForgotAsync(email, ct);
        Assert.Equal(HttpStatusCode.Accepted, forgot.StatusCode);
        return (await Mail.WaitForAsync(email, "new password", ct, count)).Token;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Mail.DisposeAsync();
        Assert.Empty(App.Errors);
    }
}

/// <summary>ASP.NET Core's hasher, with few rounds, that counts what it checks.</summary>
internal sealed class CountingHasher : IPasswordHasher<Account>
{
    private readonly PasswordHasher<Account> _hasher = new(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1_000 }));
    private int _verified;

    public int Verified => Volatile.Read(ref _verified);

    public string HashPassword(Account user, string password) => _hasher.HashPassword(user, password);

    public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
    {
        Interlocked.Increment(ref _verified);
        return _hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }
}
