using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Pulse.StandIns.Tests.Aspire;

public sealed class RedisClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_RedisAcceptsAndNeverAnswers_StartsAtOnce()
    {
        using var silent = new TcpListener(IPAddress.Loopback, port: 0);
        silent.Start();
        using var host = Build(((IPEndPoint)silent.LocalEndpoint).Port);

        var clock = Stopwatch.StartNew();
        await host.StartAsync(Ct);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"started after {clock.Elapsed}");

        var redis = await Task.Run(() => host.Services.GetRequiredService<IConnectionMultiplexer>(), Ct);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"client after {clock.Elapsed}");
        Assert.False(redis.IsConnected);
    }

    [Fact]
    public async Task Client_RedisAwayThenThere_Heals()
    {
        var server = FindServer();
        Assert.SkipWhen(server is null, "neither redis-server nor valkey-server is on the PATH");
        var port = FreePort();
        using var host = Build(port);
        await host.StartAsync(Ct);
        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>();
        var health = host.Services.GetRequiredService<HealthCheckService>();

        await Assert.ThrowsAsync<RedisConnectionException>(() => redis.GetDatabase().PingAsync());
        var away = await health.CheckHealthAsync(Ct);
        Assert.Equal(HealthStatus.Unhealthy, away.Entries["StackExchange.Redis"].Status);

        using var process = Process.Start(server, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--logfile", "/dev/null"]);
        try
        {
            await Until(() => redis.IsConnected, TimeSpan.FromSeconds(20));
            Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Ct)).Status);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void Client_NoConnectionString_SaysWhereItBelongs()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.AddRedisClient("cache");
        using var host = builder.Build();

        var e = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());

        Assert.Contains("ConnectionStrings:cache", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Client_ConfigureOptions_HasTheLastWord()
    {
        ConfigurationOptions? seen = null;
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:cache", $"127.0.0.1:{FreePort()},connectTimeout=900")]);
        builder.AddRedisClient("cache", configureOptions: options =>
        {
            options.ClientName = "pulse";
            seen = options;
        });
        using var host = builder.Build();

        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Equal("pulse", redis.ClientName);
        Assert.Equal((900, false), (seen!.ConnectTimeout, seen.AbortOnConnectFail));
    }

    private static IHost Build(int port)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:cache", $"127.0.0.1:{port}")]);
        builder.AddRedisClient("cache");
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? FindServer() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { Path.Combine(folder, "redis-server"), Path.Combine(folder, "valkey-server") })
            .FirstOrDefault(File.Exists);

    private static async Task Until(Func<bool> condition, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(patience);
        while (!condition())
            await Task.Delay(50, limit.Token);
    }
}
