using System.Globalization;
using Microsoft.Playwright;

namespace Pulse.SystemTests.Dashboard.Pages;

/// <summary>A histogram as curves and as a table.</summary>
internal sealed class MetricPage(IPage page, string instrument)
{
    public ILocator Title => page.GetByRole(AriaRole.Heading, new() { Name = instrument, Exact = true });

    /// <summary>The names of what the chart draws.</summary>
    public ILocator Legend(string name) => page.Locator("svg").GetByText(name, new() { Exact = true });

    /// <summary>The dots of single observations, each with its trace.</summary>
    public ILocator Exemplars => page.Locator("svg .scatterlayer .point");

    private ILocator Rows => page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByRole(AriaRole.Button, new() { Name = "View exemplars" }) });

    /// <summary>The percentiles 50, 90 and 99 of the first row of the table that has exemplars, in the unit of the instrument.</summary>
    public async Task<double[]> ReadTableAsync()
    {
        await page.GetByRole(AriaRole.Tab, new() { Name = "Table", Exact = true }).ClickAsync();
        await Assertions.Expect(Rows.First).ToBeVisibleAsync();
        var cells = await Rows.First.GetByRole(AriaRole.Gridcell).AllInnerTextsAsync();
        return [.. cells.Skip(1).Take(3).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
    }

    /// <summary>The traces behind that row.</summary>
    public async Task OpenExemplarsAsync()
    {
        await Rows.First.GetByRole(AriaRole.Button, new() { Name = "View exemplars" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Exemplars", Exact = true })).ToBeVisibleAsync();
    }

    public async Task<TracePage> FollowFirstExemplarAsync()
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "View", Exact = true }).First.ClickAsync();
        return new TracePage(page);
    }
}
