using Microsoft.Playwright;

namespace Pulse.SystemTests.Dashboard.Pages;

/// <summary>What a process writes, while it writes it.</summary>
internal sealed class ConsolePage(IPage page)
{
    public ILocator Resource => page.GetByRole(AriaRole.Combobox, new() { Name = "Resource" });

    public ILocator Watching => page.GetByText("Watching logs...");

    public ILocator Lines => page.GetByRole(AriaRole.Log);

    /// <summary>Shows only the lines that hold <paramref name="text"/>.</summary>
    public Task FilterAsync(string text) => page.GetByRole(AriaRole.Searchbox).FillAsync(text);
}
