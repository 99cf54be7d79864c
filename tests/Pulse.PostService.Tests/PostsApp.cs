using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.S3;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Messaging.Publishing;
using Pulse.PostService.Data;
using Pulse.PostService.Posts;
using Pulse.PostService.Tests;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.TestInfrastructure.Messaging;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(PostsApp))]

namespace Pulse.PostService.Tests;

/// <summary>PostService on Kestrel with a real Postgres and Redis of its own. Tests that break nothing share one; the others make theirs.</summary>
public sealed class PostsApp : WebApplicationFactory<Program>, IAsyncLifetime
{
    private const string ServiceKey = "service-key-of-the-tests";

    private const string Bucket = "pulse-media";

    private readonly SnowflakeGenerator _userIds = new(TimeProvider.System, () => Snowflake.MaxNode);
    private readonly PostsApp? _first;
    private readonly Lazy<Task> _store;
    private string _database = "";

    public PostsApp()
    {
        Store = LocalBus.Prepare($$"""{"buckets":["{{Bucket}}"]}""");
        (Tokens, Users) = (new TestTokens(), new FakeUserService());
        _store = new Lazy<Task>(() => Store.StartAsync(CancellationToken.None));
    }

    private PostsApp(PostsApp first)
    {
        (_first, _database, Postgres, Redis) = (first, first._database, first.Postgres, first.Redis);
        (Store, _store, Tokens, Users, Settings) = (first.Store, first._store, first.Tokens, first.Users, first.Settings);
    }

    public LocalPostgres Postgres { get; private set; } = null!;

    public LocalRedis Redis { get; private set; } = null!;

    public TestTokens Tokens { get; }

    public RecordingPublisher Bus { get; } = new();

    /// <summary>The bucket of pictures; not there before <see cref="StartStoreAsync"/>.</summary>
    public LocalBus Store { get; }

    /// <summary>Settings that differ from those of the others.</summary>
    internal Dictionary<string, string> Settings { get; init; } = [];

    internal FakeUserService Users { get; }

    internal NpgsqlDataSource Database => Services.GetRequiredService<NpgsqlDataSource>();

    internal IDatabase Cache => Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        if (_first is null)
        {
            Postgres = await LocalPostgres.CreateAsync(ct);
            Redis = await LocalRedis.CreateAsync(ct);
            _database = await Postgres.CreateDatabaseAsync("postsdb", ct);
            await using var db = new PostDbContext(new DbContextOptionsBuilder<PostDbContext>().UseNpgsql(_database).Options);
            await db.Database.MigrateAsync(ct);
        }

        // Not UseKestrel(0): that sets the port after the host was built, in a race with its start.
        UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        StartServer();
        // Ids are minted as soon as the node is leased.
        await Until.TrueAsync(() => Task.FromResult(HasNode()), "a snowflake node is leased", ct);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_first is not null) return;

        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
        await Store.DisposeAsync();
        Tokens.Dispose();
        Users.Dispose();
    }

    /// <summary>A second replica, on the same Postgres and Redis and with the same users. Dispose of it first.</summary>
    public async Task<PostsApp> ReplicaAsync()
    {
        var replica = new PostsApp(this);
        await replica.InitializeAsync();
        return replica;
    }

    /// <summary>A user whom UserService knows, and a client that shows his token.</summary>
    internal TestUser NewUser(string username = "someone")
    {
        var id = new UserId(_userIds.Next());
        Users.Add(id, username);
        return new TestUser(id, Client(Tokens.For(id, username)));
    }

    /// <summary>The same, with the role of an administrator in his token.</summary>
    internal TestUser NewAdmin(string username = "admin")
    {
        var id = new UserId(_userIds.Next());
        Users.Add(id, username);
        return new TestUser(id, Client(Tokens.ForAdmin(id, username)));
    }

    internal Task StartStoreAsync() => _store.Value;

    internal HttpClient Client(string? token)
    {
        var client = CreateClient();
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    internal HttpClient InternalClient()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Add(ServiceKeyOptions.Header, ServiceKey);
        return client;
    }

    internal async Task<PostBatchResponse> BatchAsync(CancellationToken ct, params PostId[] ids)
    {
        using var client = InternalClient();
        using var answer = await client.PostAsJsonAsync("/internal/posts/batch", new PostBatchRequest(ids), PulseJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<PostBatchResponse>(PulseJson.Options, ct))!;
    }

    /// <summary>Lets nobody but its author see a post, or everybody again, as an administrator would.</summary>
    internal async Task LimitAsync(PostId post, CancellationToken ct, bool limited = true)
    {
        await using var scope = Services.CreateAsyncScope();
        Assert.NotNull(await scope.ServiceProvider.GetRequiredService<PostEditor>().LimitAsync(post, limited, ct));
    }

    /// <summary>The outbox rows of one type that speak of <paramref name="post"/>, published or not.</summary>
    internal async Task<IReadOnlyList<JsonElement>> EventsAsync(string type, PostId post, CancellationToken ct)
    {
        await using var command = Database.CreateCommand("SELECT body FROM outbox WHERE type = $1 AND body::jsonb -> 'data' ->> 'post_id' = $2");
        command.Parameters.Add(new() { Value = type });
        command.Parameters.Add(new() { Value = post.ToString() });
        List<JsonElement> events = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) events.Add(JsonElement.Parse(reader.GetString(0)));
        return events;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("ConnectionStrings:postsdb", _database);
        builder.UseSetting("ConnectionStrings:redis", Redis.ConnectionString);
        builder.UseSetting("Internal:ServiceKey", ServiceKey);
        builder.UseSetting("Bus:TopicArnPrefix", LocalBus.TopicArnPrefix);
        builder.UseSetting("Media:Bucket", Bucket);
        builder.UseSetting("Media:PublicBaseUrl", $"{Store.Endpoint}/{Bucket}/");
        builder.UseSetting("services:users:http:0", "http://users.test");
        // Tests recount themselves.
        builder.UseSetting("CountDrift:Interval", "1.00:00:00");
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<ISigningKeys>(Tokens));
            services.Replace(ServiceDescriptor.Singleton<IEventPublisher>(Bus));
            services.Replace(ServiceDescriptor.Singleton<IAmazonS3>(_ => new AmazonS3Client(
                "local", "local", new AmazonS3Config { ServiceURL = Store.Endpoint, AuthenticationRegion = "us-east-1", ForcePathStyle = true, MaxErrorRetry = 0, Timeout = TimeSpan.FromSeconds(3) })));
            services.AddHttpClient("users").ConfigurePrimaryHttpMessageHandler(() => Users.Handler());
        });
    }

    private bool HasNode()
    {
        try
        {
            return Services.GetRequiredService<SnowflakeGenerator>().Next() > 0;
        }
        catch (ServiceDefaults.Problems.DependencyUnavailableException)
        {
            return false;
        }
    }
}

/// <summary>A user and his client.</summary>
internal sealed record TestUser(UserId Id, HttpClient Client)
{
    public Task<HttpResponseMessage> PostAsync(object body, CancellationToken ct) => Client.PostAsJsonAsync("/v1/posts", body, ct);

    /// <summary>Publishes what must be taken.</summary>
    public async Task<PostId> PublishAsync(object body, CancellationToken ct)
    {
        using var answer = await PostAsync(body, ct);
        answer.EnsureSuccessStatusCode();
        return PostId.Parse((await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetString()!, provider: null);
    }

    /// <summary>Asks with a key of his own.</summary>
    public async Task<HttpResponseMessage> PostAsync(object body, string key, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await Client.SendAsync(request, ct);
    }

    public Task<HttpResponseMessage> EditAsync(PostId post, object body, CancellationToken ct) => Client.PatchAsJsonAsync($"/v1/posts/{post}", body, ct);

    /// <summary>A body that must be there.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken ct)
    {
        using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative), ct);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
    }

    /// <summary>A post that he may see.</summary>
    public Task<JsonElement> ShowAsync(PostId post, CancellationToken ct) => GetAsync($"/v1/posts/{post}", ct);

    /// <summary>Publishes a post that must be taken.</summary>
    public async Task<PostId> PublishAsync(string content, CancellationToken ct, string visibility = "public")
    {
        using var answer = await PostAsync(new { content, visibility }, ct);
        answer.EnsureSuccessStatusCode();
        var post = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        return PostId.Parse(post.GetProperty("id").GetString()!, provider: null);
    }
}
