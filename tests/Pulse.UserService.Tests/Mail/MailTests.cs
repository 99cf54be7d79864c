using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pulse.Contracts;
using Pulse.TestInfrastructure;
using Pulse.UserService.Mail;
using Pulse.UserService.Tests.Hosting;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Mail;

public sealed class MailTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_Away_MailsWaitAndNothingElseDoes()
    {
        await using var mail = LocalMail.CreateAway();
        var log = new LogCollector();
        await using var app = await StartAsync("mail_away", mail, log);
        var user = await app.NewUserAsync(Ct);

        await Until.TrueAsync(() => log.Lines.Any(line => line.Contains("Mails wait", StringComparison.Ordinal)), "the sender has met the silence", Ct);
        using (var client = app.Anonymous())
        {
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", Ct)).StatusCode);
        }

        Assert.Equal(2, await app.QueryAsync(db => db.Set<MailRow>().CountAsync(row => row.ClosedAt == null, Ct)));
        await mail.StartAsync(Ct);
        await mail.WaitForAsync(user.Email, "confirm", Ct);
        await Until.TrueAsync(() => app.QueryAsync(async db => await db.Set<MailRow>().CountAsync(row => row.ClosedAt == null || row.Recipient != null, Ct) == 0), "all went out", Ct);
        Assert.Single(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("MailSender", StringComparison.Ordinal));
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task Server_RefusesAMail_ItComesAgainAndOthersDoNotWait()
    {
        var transport = new FakeTransport { Refused = "refused@example.org" };
        await using var app = await StartAsync("mail_refused", transport);
        await SignUpAsync(app, "refused", transport.Refused);
        await SignUpAsync(app, "other", "other@example.org");

        await Until.TrueAsync(() => transport.Sent.Count(mail => mail.Recipient == "other@example.org") == 1, "the other mail went out", Ct);
        await Until.TrueAsync(() => transport.Attempts >= 3, "it is tried again", Ct);
        transport.Refused = "";

        await Until.TrueAsync(() => transport.Sent.Count(mail => mail.Recipient == "refused@example.org") == 1, "it goes out at last", Ct);
        Assert.Empty(app.Errors);
    }

    [Fact]
    public async Task Server_NeverTakesAMail_ItIsGivenUp()
    {
        var transport = new FakeTransport { Refused = "never@example.org" };
        await using var app = await StartAsync("mail_never", transport);
        await SignUpAsync(app, "never", transport.Refused);

        await Until.TrueAsync(() => app.QueryAsync(async db => await db.Set<MailRow>().CountAsync(row => row.ClosedAt == null, Ct) == 0), "nothing waits", Ct);

        Assert.Equal(5, transport.Attempts);
    }

    [Fact]
    public async Task Mails_ManySendersAtOnce_GoOutOnceEach()
    {
        var transport = new FakeTransport();
        await using var app = await StartAsync("mail_many", transport, ("Mail:SweepInterval", "00:05:00"));
        var sender = app.Services.GetRequiredService<MailSender>();
        transport.Held.Reset();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(index => SignUpAsync(app, $"many_{index}", $"many.{index}@example.org")));

        var senders = Enumerable.Range(0, 6).Select(_ => Task.Run(
            async () =>
            {
                while (await sender.SendOneAsync(Ct))
                {
                    // There may be more.
                }
            },
            Ct)).ToList();
        transport.Held.Set();
        await Task.WhenAll(senders);

        await Until.TrueAsync(() => transport.Sent.Count(mail => mail.Recipient.StartsWith("many.", StringComparison.Ordinal)) >= 12, "all went out", Ct);
        Assert.Equal(12, transport.Sent.Where(mail => mail.Recipient.StartsWith("many.", StringComparison.Ordinal)).Select(mail => mail.Id).Distinct().Count());
        Assert.Equal(12, transport.Sent.Count(mail => mail.Recipient.StartsWith("many.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SignUp_LosesTheRaceForItsName_SendsNoMail()
    {
        var transport = new FakeTransport();
        await using var app = await StartAsync("mail_race", transport);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async index =>
        {
            using var client = app.Anonymous();
            using var response = await client.PostAsJsonAsync("/v1/auth/signup", new { username = "racer", email = $"racer.{index}@example.org", password = "password123" }, PulseJson.Options, Ct);
            return (response.StatusCode, Email: $"racer.{index}@example.org");
        }));

        var winner = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        await Until.TrueAsync(() => transport.Sent.Any(mail => mail.Recipient == winner.Email), "the winner has his mail", Ct);
        Assert.Equal(2, await app.QueryAsync(db => db.Set<MailRow>().CountAsync(Ct))); // and the one of the start
    }

    [Fact]
    public async Task Log_OfEveryCall_HoldsNoPasswordTokenOrAddress()
    {
        await using var mail = await LocalMail.CreateAsync(Ct);
        var log = new LogCollector();
        await using var app = await StartAsync("mail_log", mail, log);
        const string Email = "very.secret.address@example.org", First = "first-secret-password", Second = "second-secret-password", Third = "third-secret-password";
        List<string> secrets = [Email, First, Second, Third, "wrong-secret-password"];
        async Task<string> CallAsync<T>(string call, T body, string? accessToken = null)
        {
            using var client = accessToken is null ? app.Anonymous() : app.WithToken(accessToken);
            using var response = await client.PostAsJsonAsync($"/v1/auth/{call}", body, PulseJson.Options, Ct);
            return await response.Content.ReadAsStringAsync(Ct);
        }

        async Task<TokenResponse> LogInAsync(string password)
        {
            var tokens = System.Text.Json.JsonSerializer.Deserialize<TokenResponse>(await CallAsync("login", new { username = Email, password }), PulseJson.Options)!;
            secrets.AddRange([tokens.AccessToken, tokens.RefreshToken, tokens.AccessToken.Split('.')[2]]);
            return tokens;
        }

        await CallAsync("signup", new { username = "secretive", email = Email, password = First });
        await CallAsync("signup", new { username = "secretive_2", email = Email, password = First });
        await CallAsync("login", new { username = Email, password = "wrong-secret-password" });
        var session = await LogInAsync(First);
        await CallAsync("password", new { current = "wrong-secret-password", @new = Second }, session.AccessToken);
        await CallAsync("password", new { current = First, @new = Second }, session.AccessToken);
        var verify = (await mail.WaitForAsync(Email, "confirm", Ct)).Token;
        await CallAsync("verify-email", new { token = verify });
        await CallAsync("password/forgot", new { email = Email });
        var reset = (await mail.WaitForAsync(Email, "new password", Ct)).Token;
        await CallAsync("password/reset", new { token = reset, @new = Third });
        await CallAsync("password/reset", new { token = reset, @new = Third });
        await mail.StopAsync(Ct);
        await CallAsync("password/forgot", new { email = Email });
        session = await LogInAsync(Third);
        await CallAsync("refresh", new { refresh_token = session.RefreshToken });
        await CallAsync("refresh", new { refresh_token = session.RefreshToken });
        await CallAsync("logout", new { }, session.AccessToken);
        await Until.TrueAsync(() => log.Lines.Any(line => line.Contains("Mails wait", StringComparison.Ordinal)), "the sender has met the silence", Ct);

        Assert.True(log.Lines.Count > 200, $"only {log.Lines.Count} lines were seen");
        foreach (var secret in secrets.Append(verify).Append(reset))
        {
            Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static async Task SignUpAsync(UserServiceApp app, string username, string email)
    {
        using var client = app.Anonymous();
        using var response = await client.PostAsJsonAsync("/v1/auth/signup", new { username, email, password = "password123" }, PulseJson.Options, Ct);
        response.EnsureSuccessStatusCode();
    }

    private async Task<UserServiceApp> StartAsync(string database, LocalMail mail, LogCollector log) => await UserServiceApp.StartAsync(
        await fixture.Postgres.CreateDatabaseAsync(database, Ct),
        fixture.Redis.ConnectionString,
        Ct,
        [("Mail:SmtpHost", "127.0.0.1"), ("Mail:SmtpPort", $"{mail.Port}"), ("Mail:MaxPause", "00:00:00.200"), ("Logging:LogLevel:Default", "Trace")],
        services =>
        {
            services.AddSingleton<ILoggerProvider>(log);
            // Everything that anybody could turn on.
            services.PostConfigure<LoggerFilterOptions>(filter =>
            {
                filter.Rules.Clear();
                filter.MinLevel = LogLevel.Trace;
            });
        });

    private async Task<UserServiceApp> StartAsync(string database, FakeTransport transport, params (string Key, string Value)[] settings) => await UserServiceApp.StartAsync(
        await fixture.Postgres.CreateDatabaseAsync(database, Ct),
        fixture.Redis.ConnectionString,
        Ct,
        [("Mail:RetryAfter", "00:00:00.050"), ("Mail:SweepInterval", "00:00:00.050"), .. settings],
        services => services.AddSingleton<IMailTransport>(transport));

    private sealed class FakeTransport : IMailTransport
    {
        private int _attempts;

        public bool IsConfigured => true;

        public string Refused { get; set; } = "";

        /// <summary>Attempts with a mail that was refused.</summary>
        public int Attempts => Volatile.Read(ref _attempts);

        public ManualResetEventSlim Held { get; } = new(initialState: true);

        public System.Collections.Concurrent.ConcurrentQueue<MailText> Sent { get; } = new();

        public async Task SendAsync(MailText mail, CancellationToken ct)
        {
            await Until.TrueAsync(() => Held.IsSet, "the server goes on", ct);
            if (mail.Recipient == Refused)
            {
                Interlocked.Increment(ref _attempts);
                throw new MailRefusedException("550");
            }

            Sent.Enqueue(mail);
        }
    }
}
