using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using Pulse.SystemTests.Dashboard.Pages;
using Pulse.TestInfrastructure.Processes;
using Xunit.Sdk;

namespace Pulse.SystemTests.Dashboard;

/// <summary>A browser without a window, logged in to the dashboard by the address that <c>./pulse up</c> prints.</summary>
public sealed class DashboardBrowser(RunningPulse pulse) : IAsyncLifetime
{
    // Of one action or one expectation; a page that waits this long for a busy machine is late, not wrong.
    private const float PatienceMilliseconds = 60_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IBrowserContext? _loggedIn;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        _playwright = await Playwright.CreateAsync();
        // Root has no sandbox to put it into, and the shared memory of a container is small.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Find(), Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        _loggedIn = await NewContextAsync();
        await VisitAsync(_loggedIn, "log in", async page =>
        {
            await page.GotoAsync(pulse.Dashboard.Login);
            await page.WaitForURLAsync(new Uri(pulse.Dashboard.Page, "/").AbsoluteUri);
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Looks at the dashboard as somebody who has the token.</summary>
    internal Task VisitAsync(Func<DashboardPages, Task> visit, [CallerMemberName] string test = "") =>
        VisitAsync(_loggedIn!, test, page => visit(new DashboardPages(page, pulse.Dashboard.Page)));

    /// <summary>Looks at it as somebody who has not.</summary>
    internal async Task VisitAsStrangerAsync(Func<IPage, Task> visit, [CallerMemberName] string test = "")
    {
        await using var context = await NewContextAsync();
        await VisitAsync(context, test, visit);
    }

    /// <summary>What a failure leaves behind: a picture of the page, and its text beside it.</summary>
    private static async Task VisitAsync(IBrowserContext context, string test, Func<IPage, Task> visit)
    {
        var page = await context.NewPageAsync();
        try
        {
            await visit(page);
        }
        catch (Exception failure)
        {
            throw new XunitException($"{failure.Message}\nThe page then: {await KeepAsync(page, test)}", failure);
        }
        finally
        {
            await page.CloseAsync();
        }
    }

    private static async Task<string> KeepAsync(IPage page, string test)
    {
        var file = Path.Combine(LocalTools.Root.FullName, "artifacts", "test-results", $"dashboard-{test}.png");
        try
        {
            await page.ScreenshotAsync(new() { Path = file });
            await File.WriteAllTextAsync(Path.ChangeExtension(file, "txt"), $"{page.Url}\n{await page.Locator("body").AriaSnapshotAsync()}\n");
            return $"{file}, and .txt";
        }
        catch (PlaywrightException gone)
        {
            return $"not to be had any more ({gone.Message})";
        }
    }

    private async Task<IBrowserContext> NewContextAsync()
    {
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, Locale = "en-US", TimezoneId = "UTC" });
        context.SetDefaultTimeout(PatienceMilliseconds);
        return context;
    }

    private static string Find() =>
        Names.SelectMany(_ => Environment.GetEnvironmentVariable("PATH")!.Split(':'), (name, folder) => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is missing; ./pulse test installs it as root, else: sudo apt-get install -y chromium");
}
