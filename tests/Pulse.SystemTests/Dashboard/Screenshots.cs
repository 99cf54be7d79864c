using System.Diagnostics;
using Microsoft.Playwright;
using Pulse.SystemTests.Dashboard.Pages;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Processes;
using static Microsoft.Playwright.Assertions;

namespace Pulse.SystemTests.Dashboard;

/// <summary>The pictures of docs/dashboard.md, taken by scripts/screenshots.sh; otherwise they go to artifacts/screenshots.</summary>
[Trait("Category", "Screenshots")]
public sealed class Screenshots(RunningPulse pulse, DashboardBrowser browser) : SystemTest(pulse), IClassFixture<DashboardBrowser>
{
    private const int MaxBytes = 200_000;

    // Of a steady stream, so that the chart shows a curve and what an absence of the worker does to it.
    private static readonly TimeSpan BetweenPosts = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(8);

    private static readonly string Folder =
        Environment.GetEnvironmentVariable("PULSE_SCREENSHOTS") ?? Path.Combine(LocalTools.Root.FullName, "artifacts", "screenshots");

    [Fact]
    public Task Docs_OfTheDashboard_AreIllustrated() => browser.VisitAsync(async pages =>
    {
        Directory.CreateDirectory(Folder);
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        await bob.FeedUntilAsync(page => page.Source == "cache", "bob's timeline is warm", Ct);
        await PostForAsync(alice, Steady);
        await Pulse.ResourceAsync("fanout", "stop", Ct);
        await PostForAsync(alice, Away);
        await Pulse.ResourceAsync("fanout", "start", Ct);
        await PostForAsync(alice, Steady);
        var (post, traceId) = await alice.PostTracedAsync("followed in the dashboard", Ct);
        await bob.FeedUntilAsync(page => page.Ids.Contains(post), "the post has arrived", Ct);

        var resources = await pages.ResourcesAsync();
        await resources.ExpectStateAsync("gateway", "Running");
        await pages.Tab.SetViewportSizeAsync(1280, 880); // all rows
        await SaveAsync(pages, "resources");

        var console = await resources.OpenConsoleAsync("fanout");
        await Expect(console.Lines.GetByText($"Post {post}:")).ToBeVisibleAsync();
        // Text fills it, and text makes large pictures.
        await pages.Tab.SetViewportSizeAsync(1280, 520);
        await SaveAsync(pages, "console");
        await pages.Tab.SetViewportSizeAsync(1280, 800);

        var trace = await pages.TraceAsync(traceId);
        await Expect(trace.Span("fanout: fanout deliver")).ToBeVisibleAsync();
        await SaveAsync(pages, "trace");

        var lag = await pages.MetricAsync("fanout", "pulse.fanout.lag");
        await Expect(lag.Exemplars.First).ToBeVisibleAsync();
        await SaveAsync(pages, "fanout-lag");

        await lag.ReadTableAsync();
        await lag.OpenExemplarsAsync();
        await SaveAsync(pages, "exemplars");

        // Fifteen names need room.
        await pages.Tab.SetViewportSizeAsync(1440, 1000);
        resources = await pages.ResourcesAsync();
        await resources.OpenGraphAsync();
        await Expect(resources.Nodes).ToHaveCountAsync(15);
        await resources.ZoomOutAsync();
        await SaveAsync(pages, "graph");
    });

    /// <summary>One picture, without the folder of this checkout on it.</summary>
    private static async Task SaveAsync(DashboardPages pages, string name)
    {
        await pages.Tab.EvaluateAsync(
            """
            root => {
                const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(root, "~/pulse");
            }
            """,
            LocalTools.Root.FullName);
        // Nothing half-drawn: the graph and the chart move for a moment.
        byte[] picture = [];
        await Until.TrueAsync(
            async () =>
            {
                var before = picture;
                picture = await pages.Tab.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
                return picture.AsSpan().SequenceEqual(before);
            },
            $"{name} stands still",
            Ct);

        Assert.InRange(picture.Length, 1, MaxBytes);
        await File.WriteAllBytesAsync(Path.Combine(Folder, $"dashboard-{name}.png"), picture, Ct);
    }

    private static async Task PostForAsync(PulseUser author, TimeSpan time)
    {
        using var beat = new PeriodicTimer(BetweenPosts);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time; await beat.WaitForNextTickAsync(Ct)) await author.PostAsync("one of many", Ct);
    }
}
