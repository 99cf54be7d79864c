using Microsoft.Playwright;

namespace Pulse.SystemTests.Dashboard.Pages;

/// <summary>The pages of the dashboard in one tab, by what a reader finds on them: roles, names and texts.</summary>
internal sealed class DashboardPages(IPage page, Uri dashboard)
{
    public IPage Tab => page;

    /// <summary>In the view that was open last in this tab; the table at first.</summary>
    public async Task<ResourcesPage> ResourcesAsync()
    {
        await GoAsync("/");
        return new ResourcesPage(page);
    }

    /// <summary>The trace as its log line names it.</summary>
    public async Task<TracePage> TraceAsync(string traceId)
    {
        await GoAsync($"/traces/detail/{traceId}");
        return new TracePage(page);
    }

    /// <param name="instrument">Its name in the tree; it is there once the resource has sent a first value.</param>
    public async Task<MetricPage> MetricAsync(string resource, string instrument)
    {
        await GoAsync($"/metrics/resource/{resource}");
        await page.GetByRole(AriaRole.Treeitem, new() { Name = instrument, Exact = true }).ClickAsync();
        return new MetricPage(page, instrument);
    }

    private Task GoAsync(string path) => page.GotoAsync(new Uri(dashboard, path).AbsoluteUri);
}
