using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Publishing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Messaging;
using Pulse.UserService.Data;
using Pulse.UserService.Departure;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Hosting;

/// <summary>The service in this process, over real databases; the bus records, PostService is a stub.</summary>
public sealed class UserServiceApp : WebApplicationFactory<Program>
{
    public const string Password = "password123";
    public const int CelebrityLimit = 10;
    private const string ServiceKey = "service-key-of-tests";

    private readonly string _database;
    private readonly string _redis;
    private readonly ErrorCollector _errors = new();
    private static int _runs;

    // Replicas share a database.
    private readonly int _run = Interlocked.Increment(ref _runs);
    private int _names;

    private readonly (string Key, string Value)[] _settings;
    private readonly Action<IServiceCollection> _services;

    private UserServiceApp(string database, string redis, (string Key, string Value)[] settings, Action<IServiceCollection> services) =>
        (_database, _redis, _settings, _services) = (database, redis, settings, services);

    public RecordingPublisher Bus { get; } = new();

    public PostServiceStub Posts { get; } = new();

    /// <summary>What was logged as an error: nothing, in a test that does not say otherwise.</summary>
    public IReadOnlyCollection<string> Errors => _errors.Messages;

    /// <summary>Migrates <paramref name="database"/> and returns when the service is ready.</summary>
    public static Task<UserServiceApp> StartAsync(string database, string redis, CancellationToken ct) => StartAsync(database, redis, ct, [], _ => { });

    /// <summary>The same with settings and services of the test's own.</summary>
    public static async Task<UserServiceApp> StartAsync(
        string database, string redis, CancellationToken ct, (string Key, string Value)[] settings, Action<IServiceCollection> services)
    {
        await using (var db = new UserDbContext(new DbContextOptionsBuilder<UserDbContext>().UseNpgsql(database).Options))
        {
            await db.Database.MigrateAsync(ct);
        }

        var app = new UserServiceApp(database, redis, settings, services);
        using var client = app.CreateClient();
        await Until.TrueAsync(async () => (await client.GetAsync("/health", ct)).IsSuccessStatusCode, "the service is healthy", ct);
        // Healthy is the database; an id needs the lease of a node number too.
        await Until.TrueAsync(
            async () => (await client.PostAsJsonAsync("/v1/auth/signup", app.NewSignup(), PulseJson.Options, ct)).IsSuccessStatusCode, "an account can be made", ct);
        return app;
    }

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous() => CreateClient();

    /// <summary>A client with the key of internal calls.</summary>
    public HttpClient Internal()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Add(ServiceKeyOptions.Header, ServiceKey);
        return client;
    }

    public HttpClient WithToken(string accessToken)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return client;
    }

    /// <summary>A valid body of a signup that nobody else sends.</summary>
    public Dictionary<string, object?> NewSignup()
    {
        var name = $"user_{_run}_{Interlocked.Increment(ref _names)}";
        return new() { ["username"] = name, ["email"] = $"{name}@example.com", ["password"] = Password };
    }

    /// <summary>Signs a new user up and logs him in.</summary>
    public async Task<TestUser> NewUserAsync(CancellationToken ct)
    {
        using var client = Anonymous();
        var signup = NewSignup();
        using var created = await client.PostAsJsonAsync("/v1/auth/signup", signup, PulseJson.Options, ct);
        var user = (await created.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<UserResponse>(PulseJson.Options, ct))!;
        var tokens = await LogInAsync(user.Username, ct);
        return new TestUser(user.Id, user.Username, (string)signup["email"]!, tokens, WithToken(tokens.AccessToken));
    }

    public async Task<TokenResponse> LogInAsync(string login, CancellationToken ct)
    {
        using var client = Anonymous();
        using var response = await client.PostAsJsonAsync("/v1/auth/login", new { username = login, password = Password }, PulseJson.Options, ct);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<TokenResponse>(PulseJson.Options, ct))!;
    }

    /// <summary>Asks the database itself.</summary>
    internal async Task<T> QueryAsync<T>(Func<UserDbContext, Task<T>> query)
    {
        await using var scope = Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<UserDbContext>());
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("ConnectionStrings:usersdb", _database);
        builder.UseSetting("ConnectionStrings:redis", _redis);
        builder.UseSetting("Internal:ServiceKey", ServiceKey);
        builder.UseSetting("Bus:TopicArnPrefix", LocalBus.TopicArnPrefix);
        builder.UseSetting("Fanout:PushFollowerLimit", $"{CelebrityLimit}");
        builder.UseSetting("services:posts:http:0", "http://posts.test");
        // Tests recount themselves.
        builder.UseSetting("CountDrift:Interval", "1.00:00:00");
        builder.UseSetting("Suggestions:PopularFor", "00:00:00");
        builder.UseSetting("Erasure:Grace", "00:00:01");
        builder.UseSetting("Erasure:SweepInterval", "00:00:00.200");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(_errors));
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IEventPublisher>(Bus));
            services.AddHttpClient(PostCounts.Client).ConfigurePrimaryHttpMessageHandler(() => Posts);
            services.AddHttpClient(AccountErasure.Client).ConfigurePrimaryHttpMessageHandler(() => Posts);
            // What makes a hash slow is not what these tests are about.
            services.Configure<PasswordHasherOptions>(hashing => hashing.IterationCount = 1_000);
            _services(services);
        });
    }
}

/// <summary>A user with a client that carries his token.</summary>
public sealed record TestUser(UserId Id, string Username, string Email, TokenResponse Tokens, HttpClient Client);
