using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Hosting;

/// <summary>The gateway on a real socket before four upstreams. Limits are high unless a test sets them.</summary>
public sealed class GatewayApp : IAsyncLifetime
{
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal)
    {
        ["Internal:ServiceKey"] = ServiceKey,
        ["RateLimits:Scale"] = "1000",
    };

    private readonly Action<IServiceCollection> _services;
    private WebApplicationFactory<Program> _factory = null!;

    public GatewayApp()
        : this(settings: [])
    {
    }

    internal GatewayApp((string Key, string Value)[] settings, Action<IServiceCollection>? services = null)
    {
        foreach (var (key, value) in settings) _settings[key] = value;
        _services = services ?? (_ => { });
    }

    public const string ServiceKey = "gateway-test-service-key";

    internal TestTokens Tokens { get; } = new();

    internal Upstream Users { get; private set; } = null!;

    internal Upstream Posts { get; private set; } = null!;

    internal Upstream Timelines { get; private set; } = null!;

    internal Upstream Fanout { get; private set; } = null!;

    internal Upstream[] Upstreams => [Users, Posts, Timelines, Fanout];

    /// <summary>Follows no redirects and keeps no token.</summary>
    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    internal static async Task<GatewayApp> StartAsync((string Key, string Value)[] settings, Action<IServiceCollection>? services = null)
    {
        var app = new GatewayApp(settings, services);
        await app.InitializeAsync();
        return app;
    }

    public async ValueTask InitializeAsync()
    {
        Users = await Upstream.StartAsync("users");
        Posts = await Upstream.StartAsync("posts");
        Timelines = await Upstream.StartAsync("timelines");
        Fanout = await Upstream.StartAsync("fanout");
        foreach (var upstream in Upstreams) _settings.TryAdd($"services:{upstream.Name}:http:0", upstream.Address);

        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            foreach (var (key, value) in _settings) host.UseSetting(key, value);
            host.ConfigureTestServices(services =>
            {
                services.AddSingleton<ISigningKeys>(Tokens);
                _services(services);
            });
        });
        _factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _factory.StartServer();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = _factory.ClientOptions.BaseAddress };
    }

    public string TokenFor(long user) => Tokens.For(new UserId(user), "user" + user);

    /// <summary>Sends as user 7, or without a token.</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, CancellationToken ct, bool anonymous = false, HttpContent? content = null, long user = 7)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(method), path) { Content = content };
        if (!anonymous) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenFor(user));
        return Client.SendAsync(request, ct);
    }

    internal Upstream this[string name] => Upstreams.Single(upstream => upstream.Name == name);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _factory.DisposeAsync();
        foreach (var upstream in Upstreams) await upstream.DisposeAsync();
        Tokens.Dispose();
    }
}
