using System.Globalization;
using Microsoft.Playwright;
using Pulse.TestInfrastructure;
using static Microsoft.Playwright.Assertions;

namespace Pulse.SystemTests.Dashboard;

/// <summary>What a developer sees and does in the dashboard.</summary>
public sealed class DashboardTests(RunningPulse pulse, DashboardBrowser browser) : SystemTest(pulse), IClassFixture<DashboardBrowser>
{
    private const string Mask = "●●●●●●●●";

    private static readonly string[] Running = ["bus", "postgres", "usersdb", "postsdb", "timelinedb", "redis", "mail", "users", "posts", "timelines", "fanout", "gateway"];
    private static readonly string[] Finished = ["users-migrations", "posts-migrations", "timelines-migrations"];

    [Fact]
    public Task Resources_PulseIsUp_AllAreHealthyAndTheGraphJoinsThem() => browser.VisitAsync(async pages =>
    {
        var resources = await pages.ResourcesAsync();

        await Expect(resources.Count).ToContainTextAsync(string.Create(CultureInfo.InvariantCulture, $"{Running.Length + Finished.Length} resources"));
        foreach (var resource in Running) await resources.ExpectStateAsync(resource, "Running");
        foreach (var resource in Finished) await resources.ExpectStateAsync(resource, "Finished");

        await resources.OpenGraphAsync();
        await Expect(resources.Nodes).ToHaveCountAsync(Running.Length + Finished.Length);
        Assert.Equal(Running.Concat(Finished).Order(StringComparer.Ordinal), (await resources.Nodes.AllTextContentsAsync()).Order(StringComparer.Ordinal));
        // Three databases with their server, every service with its database, Redis, the bus and its like.
        await Expect(resources.Links.Nth(20)).ToBeAttachedAsync();
    });

    [Fact]
    public Task Console_OfTheWorker_ShowsALineWhileItIsWritten() => browser.VisitAsync(async pages =>
    {
        var author = await Pulse.NewUserAsync(Ct);
        var resources = await pages.ResourcesAsync();

        var console = await resources.OpenConsoleAsync("fanout");
        await Expect(console.Resource).ToContainTextAsync("fanout");
        await Expect(console.Watching).ToBeVisibleAsync();
        var post = await author.PostAsync("watched on its way", Ct);

        await console.FilterAsync($"Post {post}:");
        await Expect(console.Lines.First).ToContainTextAsync("warm timelines took it, lag");
    });

    [Fact]
    public async Task StopAndStart_OfRedisByItsButtons_StatesChange()
    {
        var reader = await Pulse.NewUserAsync(Ct);
        await reader.FeedUntilAsync(page => page.Source == "cache", "the timeline is warm", Ct);
        try
        {
            await browser.VisitAsync(async pages =>
            {
                var resources = await pages.ResourcesAsync();
                await resources.ExpectStateAsync("redis", "Running");

                await resources.StopAsync("redis");
                await resources.ExpectStateAsync("redis", "Exited");
                await Expect(resources.Button("redis", "Stop")).ToHaveCountAsync(0);
                var during = await reader.FeedAsync(Ct);
                Assert.Equal(("database", "cache"), (during.Source, Assert.Single(during.Degraded)));

                await resources.StartAsync("redis");
                await resources.ExpectStateAsync("redis", "Running");
                await Expect(resources.Button("redis", "Stop")).ToBeEnabledAsync();
            });
        }
        finally
        {
            // Refused when it runs; whatever failed, the next test finds it running.
            await Pulse.Command.RunAsync("resource redis start", CancellationToken.None);
        }

        await reader.FeedUntilAsync(page => page is { Source: "cache", Degraded: [] }, "the cache has healed", Ct);
    }

    [Fact]
    public Task Trace_OfOnePost_LeadsFromTheGatewayToTheDelivery() => browser.VisitAsync(async pages =>
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        var (_, traceId) = await alice.PostTracedAsync("followed in the dashboard", Ct);
        // The page of a trace that nobody has heard of does not wait for it.
        await Until.TrueAsync(async () => (await Pulse.Telemetry.TraceAsync(traceId, Ct)).Count > 0, "the first spans have arrived", Ct);

        var trace = await pages.TraceAsync(traceId);

        string[] road =
        [
            "gateway: POST /v1/posts", "posts: POST /v1/posts/", "posts: MSG aws_sns pulse-post-events",
            "fanout: MSG aws_sqs pulse-fanout", "fanout: fanout plan", "fanout: fanout deliver",
        ];
        foreach (var span in road) await Expect(trace.Span(span)).ToBeVisibleAsync();
        await Until.TrueAsync(
            async () =>
            {
                var page = await trace.ReadAsync();
                var places = road.Select(span => page.IndexOf($"\"{span} ", StringComparison.Ordinal)).ToList();
                return places[0] >= 0 && places.Zip(places.Skip(1)).All(pair => pair.First < pair.Second);
            },
            "each step stands below the one before",
            Ct);
    });

    [Fact]
    public Task FanoutLag_PostsWereDelivered_IsDrawnAndItsExemplarsLeadToTheirTraces() => browser.VisitAsync(async pages =>
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        for (var post = 0; post < 5; post++) await alice.PostAsync("how late am I?", Ct);

        var lag = await pages.MetricAsync("fanout", "pulse.fanout.lag");

        await Expect(lag.Title).ToBeVisibleAsync();
        foreach (var curve in (string[])["P50 Seconds", "P90 Seconds", "P99 Seconds", "Exemplars"]) await Expect(lag.Legend(curve)).ToBeVisibleAsync();
        await Expect(lag.Exemplars.First).ToBeVisibleAsync();

        var percentiles = await lag.ReadTableAsync();
        Assert.True(percentiles[0] > 0, "posts take their time");
        Assert.Equal(percentiles.Order(), percentiles);

        await lag.OpenExemplarsAsync();
        var trace = await lag.FollowFirstExemplarAsync();
        await Expect(trace.Span("fanout: MSG aws_sqs pulse-fanout")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Secrets_InDetailsAndParameters_AreMasked() => browser.VisitAsync(async pages =>
    {
        var secrets = await Pulse.SecretsAsync(Ct);
        var resources = await pages.ResourcesAsync();

        await resources.OpenDetailsAsync("posts");
        await Expect(resources.Detail("Internal__ServiceKey")).ToContainTextAsync(Mask);
        await Expect(resources.Detail("ConnectionStrings__postsdb")).ToContainTextAsync(Mask);
        await AssertNoSecretAsync();

        resources = await pages.ResourcesAsync();
        await resources.OpenParametersAsync();
        foreach (var parameter in (string[])["service-key", "postgres-password"]) await Expect(resources.Row(parameter)).ToContainTextAsync(Mask);
        await AssertNoSecretAsync();

        async Task AssertNoSecretAsync()
        {
            var content = await pages.Tab.ContentAsync();
            foreach (var (name, secret) in secrets) Assert.False(content.Contains(secret, StringComparison.Ordinal), $"The page shows {name}.");
        }
    });
}
