using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.Timelines.Data;
using Pulse.Timelines.Notifications;
using Pulse.TimelineService.Candidates;
using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Refilling;
using Pulse.TimelineService.Rules;
using Pulse.TimelineService.Tests;
using Pulse.TimelineService.Tests.Fakes;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(FeedApp))]

namespace Pulse.TimelineService.Tests;

/// <summary>TimelineService on Kestrel with a real Postgres and Redis. Tests that break nothing share one; the others make theirs.</summary>
public sealed class FeedApp : WebApplicationFactory<Program>, IAsyncLifetime
{
    /// <summary>Ids that a list keeps: few, so that a walk crosses the floor.</summary>
    internal const int Capacity = 20;

    private readonly List<IAsyncDisposable> _servers = [];
    private readonly Dictionary<string, string> _settings = [];
    private string _database = "";

    public LocalPostgres Postgres { get; private set; } = null!;

    public LocalRedis Redis { get; private set; } = null!;

    internal TestTokens Tokens { get; private init; } = new();

    internal FakeUserService Users { get; private init; } = new();

    internal FakePostService Posts { get; private init; } = new();

    /// <summary>What the other services would do to this one's data.</summary>
    internal World World { get; private set; } = null!;

    /// <summary>Tells users what others did, as the worker does.</summary>
    internal NotificationStore Notifications => Services.GetRequiredService<NotificationStore>();

    internal IDatabase Cache => Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        if (Postgres is null) _servers.Add(Postgres = await LocalPostgres.CreateAsync(ct));
        if (Redis is null) _servers.Add(Redis = await LocalRedis.CreateAsync(ct));
        if (_database.Length == 0) _database = await Postgres.CreateDatabaseAsync($"timelinedb_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}", ct);
        // Not UseKestrel(0): that sets the port after the host was built, in a race with its start.
        UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        StartServer();
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TimelineDbContext>().Database.MigrateAsync(ct);
        World = new World(Services, Users, Posts);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        foreach (var server in _servers) await server.DisposeAsync();
        if (_servers.Count == 0) return;

        Tokens.Dispose();
        Users.Dispose();
        Posts.Dispose();
    }

    /// <summary>An app with a database and a Redis of its own.</summary>
    internal static async Task<FeedApp> CreateAsync(LocalPostgres? postgres = null, params (string Key, string Value)[] settings)
    {
        var app = new FeedApp();
        if (postgres is not null) app.Postgres = postgres;
        foreach (var (key, value) in settings) app._settings[key] = value;
        await app.InitializeAsync();
        return app;
    }

    /// <summary>A second process beside this one: the same data, the same other services, nothing in its memory.</summary>
    internal async Task<FeedApp> BesideAsync()
    {
        var app = new FeedApp { Tokens = Tokens, Users = Users, Posts = Posts, Postgres = Postgres, Redis = Redis, _database = _database };
        await app.InitializeAsync();
        return app;
    }

    internal TestUser NewUser()
    {
        var id = World.NewUser();
        return new TestUser(id, Client(Tokens.For(id, "someone")));
    }

    /// <summary>The same user at this process.</summary>
    internal TestUser Visit(TestUser user) => new(user.Id, Client(Tokens.For(user.Id, "someone")));

    internal HttpClient Client(string? token)
    {
        var client = CreateClient();
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("ConnectionStrings:timelinedb", _database);
        builder.UseSetting("ConnectionStrings:redis", Redis.ConnectionString);
        builder.UseSetting("Internal:ServiceKey", "service-key-of-the-tests");
        builder.UseSetting("services:users:http:0", "http://users.test");
        builder.UseSetting("services:posts:http:0", "http://posts.test");
        builder.UseSetting("Timelines:Capacity", $"{Capacity}");
        builder.UseSetting("Timelines:TrimSlack", "5");
        builder.UseSetting("Timelines:OpenLifetime", "00:00:01");
        // Nobody relays or works here, which a page would say after a while.
        builder.UseSetting("Feed:FanoutLag", "1.00:00:00");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<ISigningKeys>(Tokens));
            services.AddHttpClient(ViewerGraphs.Client).ConfigurePrimaryHttpMessageHandler(() => Users.Handler());
            services.AddHttpClient(CardClient.Client).ConfigurePrimaryHttpMessageHandler(() => Users.Handler());
            services.AddHttpClient(OwnerClient.Users).ConfigurePrimaryHttpMessageHandler(() => Users.Handler());
            services.AddHttpClient(OwnerClient.Posts).ConfigurePrimaryHttpMessageHandler(() => Posts.Handler());
            services.AddHttpClient(PostClient.Client).ConfigurePrimaryHttpMessageHandler(() => Posts.Handler());
        });
    }
}
