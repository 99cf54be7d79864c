using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Pulse.SystemTests.Dashboard.Pages;

/// <summary>The table of resources, the parameters and the graph.</summary>
internal sealed class ResourcesPage(IPage page)
{
    /// <summary>The number of resources, as the foot of the page counts them.</summary>
    public ILocator Count => page.GetByRole(AriaRole.Contentinfo);

    /// <summary>The names below the nodes of the graph.</summary>
    public ILocator Nodes => Graph.Locator(".resource-name text");

    /// <summary>The lines of the graph.</summary>
    public ILocator Links => Graph.Locator("line.resource-link");

    private ILocator Graph => page.GetByRole(AriaRole.Region, new() { NameRegex = new Regex("^Graph") });

    public ILocator Row(string resource) => page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex($@"^\w+: {resource} ") });

    /// <summary>"Running", "Exited", "Finished"; "Running (Unhealthy)" for what runs and is not well.</summary>
    private ILocator State(string resource) => Row(resource).GetByRole(AriaRole.Gridcell).Nth(1);

    /// <summary>The state by itself; beside it stands the number of errors that nobody has looked at.</summary>
    public Task ExpectStateAsync(string resource, string state) => Assertions.Expect(State(resource)).ToHaveTextAsync(new Regex($@"^\s*{state}(\s+\d+)?\s*$"));

    public ILocator Button(string resource, string name) => Row(resource).GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The row of an environment variable or of a property in the details that stand open.</summary>
    public ILocator Detail(string name) => page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex($"^{name} ") });

    /// <summary>Presses the button and says yes.</summary>
    public async Task StopAsync(string resource)
    {
        await AskToStopAsync(resource);
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes", Exact = true }).ClickAsync();
    }

    public async Task AskToStopAsync(string resource)
    {
        await Button(resource, "Stop").ClickAsync();
        await Assertions.Expect(page.GetByText($"Stop {resource}?", new() { Exact = true })).ToBeVisibleAsync();
    }

    public Task StartAsync(string resource) => Button(resource, "Start").ClickAsync();

    public Task OpenDetailsAsync(string resource) => Row(resource).GetByText(resource, new() { Exact = true }).ClickAsync();

    public async Task<ConsolePage> OpenConsoleAsync(string resource)
    {
        await Button(resource, "Console logs").ClickAsync();
        return new ConsolePage(page);
    }

    public Task OpenParametersAsync() => page.GetByRole(AriaRole.Tab, new() { Name = "Parameters", Exact = true }).ClickAsync();

    public Task OpenGraphAsync() => page.GetByRole(AriaRole.Tab, new() { NameRegex = new Regex("^Graph") }).ClickAsync();

    /// <summary>So far that the whole graph is in view.</summary>
    public async Task ZoomOutAsync()
    {
        for (var step = 0; step < 2; step++) await page.GetByRole(AriaRole.Button, new() { Name = "Zoom out", Exact = true }).ClickAsync();
    }
}
