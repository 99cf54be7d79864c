using Microsoft.Playwright;

namespace Pulse.SystemTests.Dashboard.Pages;

/// <summary>One trace, span by span.</summary>
internal sealed class TracePage(IPage page)
{
    /// <summary>The first span of that name; a message that was delivered twice has two.</summary>
    /// <param name="name">As <c>service: span</c>.</param>
    public ILocator Span(string name) => page.GetByRole(AriaRole.Row, new() { Name = name }).First;

    /// <summary>The whole page at one instant, row below row, as a screen reader has it.</summary>
    public Task<string> ReadAsync() => page.Locator("body").AriaSnapshotAsync();
}
