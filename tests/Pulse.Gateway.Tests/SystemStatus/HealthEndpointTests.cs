using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Pulse.Gateway.Tests.Hosting;
using Pulse.ServiceDefaults;

namespace Pulse.Gateway.Tests.SystemStatus;

/// <summary>What every process answers at <c>/health</c>, which the gateway's own answer is made of.</summary>
public sealed class HealthEndpointTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("StackExchange.Redis", HttpStatusCode.OK, """{"status":"degraded","checks":{"drain":"healthy","redis":"unhealthy","self":"healthy"}}""")]
    [InlineData("bus", HttpStatusCode.OK, """{"status":"degraded","checks":{"bus":"unhealthy","drain":"healthy","self":"healthy"}}""")]
    [InlineData("postgres", HttpStatusCode.ServiceUnavailable, """{"status":"unhealthy","checks":{"drain":"healthy","postgres":"unhealthy","self":"healthy"}}""")]
    [InlineData("PostsDbContext", HttpStatusCode.ServiceUnavailable, """{"status":"unhealthy","checks":{"drain":"healthy","postgres":"unhealthy","self":"healthy"}}""")]
    public async Task Health_CheckFails_NamesItAndIsReadyOnlyWithoutTheOptional(string check, HttpStatusCode status, string expected)
    {
        await using var app = await StartAsync(checks => checks.AddCheck(check, () => HealthCheckResult.Unhealthy()));

        await AssertHealthAsync(app, status, expected);
    }

    [Fact]
    public async Task Health_TwoChecksOfOneDependency_TellTheWorse()
    {
        await using var app = await StartAsync(checks => checks
            .AddCheck("postgres", () => HealthCheckResult.Unhealthy())
            .AddCheck("UsersDbContext", () => HealthCheckResult.Healthy()));

        await AssertHealthAsync(app, HttpStatusCode.ServiceUnavailable, """{"status":"unhealthy","checks":{"drain":"healthy","postgres":"unhealthy","self":"healthy"}}""");
    }

    [Fact]
    public async Task Health_CheckHangs_AnswersAnyway()
    {
        await using var app = await StartAsync(checks => checks.AddAsyncCheck("bus", async ct =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return HealthCheckResult.Healthy();
        }));

        await AssertHealthAsync(app, HttpStatusCode.OK, """{"status":"degraded","checks":{"bus":"unhealthy","drain":"healthy","self":"healthy"}}""");
    }

    private static async Task<WebApplication> StartAsync(Action<IHealthChecksBuilder> checks)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Internal:ServiceKey"] = GatewayApp.ServiceKey;
        builder.AddServiceDefaults();
        checks(builder.Services.AddHealthChecks());
        var app = builder.Build();
        app.UseServiceDefaults();
        await app.StartAsync(Ct);
        return app;
    }

    private static async Task AssertHealthAsync(WebApplication app, HttpStatusCode status, string expected)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var response = await client.GetAsync("/health", Ct);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(status, response.StatusCode);
        using var alive = await client.GetAsync("/alive", Ct);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }
}
