using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Gateway.Tests.Hosting;

namespace Pulse.Gateway.Tests.SystemStatus;

public sealed class SystemHealthTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_AllWell_IsHealthy()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        Report(gateway.Users, 200, "healthy", """{"postgres":"healthy","redis":"healthy","bus":"healthy"}""");

        var (status, body) = await ReadAsync(gateway);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("healthy healthy healthy healthy", States(body));
        Assert.Equal("""{"users":"healthy","posts":"healthy","timelines":"healthy","fanout":"healthy"}""", body.GetProperty("services").GetRawText());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", body.GetProperty("timestamp").GetString());
    }

    [Theory]
    [InlineData("""{"postgres":"healthy","redis":"unhealthy","bus":"healthy"}""", "degraded healthy unhealthy healthy")]
    [InlineData("""{"postgres":"healthy","redis":"healthy","bus":"unhealthy"}""", "degraded healthy healthy unhealthy")]
    public async Task Health_OptionalDependencyAway_IsDegraded(string checks, string expected)
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        Report(gateway.Timelines, 200, "degraded", checks);

        var (status, body) = await ReadAsync(gateway);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(expected, States(body));
        Assert.Equal("degraded", body.GetProperty("services").GetProperty("timelines").GetString());
    }

    [Fact]
    public async Task Health_DatabaseAway_IsUnhealthy()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        Report(gateway.Posts, 503, "unhealthy", """{"postgres":"unhealthy","redis":"healthy"}""");

        var (status, body) = await ReadAsync(gateway);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("unhealthy unhealthy healthy unknown", States(body));
    }

    [Theory]
    [InlineData("users", HttpStatusCode.ServiceUnavailable, "unhealthy")]
    [InlineData("timelines", HttpStatusCode.ServiceUnavailable, "unhealthy")]
    [InlineData("fanout", HttpStatusCode.OK, "degraded")]
    public async Task Health_ProcessAway_IsToldAndWorkerAloneOnlyDegrades(string process, HttpStatusCode expected, string state)
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        await gateway[process].StopAsync();

        var (status, body) = await ReadAsync(gateway);

        Assert.Equal(expected, status);
        Assert.Equal(state, body.GetProperty("status").GetString());
        Assert.Equal("unhealthy", body.GetProperty("services").GetProperty(process).GetString());
    }

    [Theory]
    [InlineData("Healthy", 200, "healthy")]
    [InlineData("Unhealthy", 503, "unhealthy")]
    [InlineData("", 200, "healthy")]
    [InlineData("[1]", 500, "unhealthy")]
    public async Task Health_ProcessWithoutDetails_IsJudgedByItsStatusCode(string text, int code, string expected)
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Fanout.Health = context =>
        {
            context.Response.StatusCode = code;
            return context.Response.WriteAsync(text);
        };

        var (_, body) = await ReadAsync(gateway);

        Assert.Equal(expected, body.GetProperty("services").GetProperty("fanout").GetString());
    }

    [Fact]
    public async Task Health_ProcessHangs_AnswersAfterASecond()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Posts.Health = context => Task.Delay(Timeout.Infinite, context.RequestAborted);

        var (status, body) = await ReadAsync(gateway);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("unhealthy", body.GetProperty("services").GetProperty("posts").GetString());
    }

    [Fact]
    public async Task Health_FanoutNotConfigured_IsUnhealthyAndNotAnError()
    {
        await using var gateway = await GatewayApp.StartAsync([("services:fanout:http:0", "")]);

        var (status, body) = await ReadAsync(gateway);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("unhealthy", body.GetProperty("services").GetProperty("fanout").GetString());
    }

    [Fact]
    public async Task Health_AskedByMany_ProbesOnceASecond()
    {
        var clock = new ManualClock();
        await using var gateway = await GatewayApp.StartAsync([], services => services.AddSingleton<TimeProvider>(clock));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadAsync(gateway)));
        Assert.Equal(1, gateway.Users.HealthProbes);

        clock.Advance(TimeSpan.FromSeconds(1));
        await ReadAsync(gateway);
        Assert.Equal(2, gateway.Users.HealthProbes);
    }

    private static void Report(Upstream upstream, int code, string status, string checks) => upstream.Health = context =>
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"status":"{{status}}","checks":{{checks}}}""");
    };

    private static async Task<(HttpStatusCode Status, JsonElement Body)> ReadAsync(GatewayApp gateway)
    {
        using var response = await gateway.Client.GetAsync("/system/health", Ct);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(Ct)));
    }

    private static string States(JsonElement body) =>
        string.Join(' ', new[] { "status", "database", "redis", "bus" }.Select(name => body.GetProperty(name).GetString()));
}
