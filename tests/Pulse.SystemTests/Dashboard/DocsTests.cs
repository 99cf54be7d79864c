using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pulse.SystemTests.Dashboard;

/// <summary>The page to try the API at, in a browser that minds its security headers.</summary>
public sealed class DocsTests(RunningPulse pulse, DashboardBrowser browser) : SystemTest(pulse), IClassFixture<DashboardBrowser>
{
    [Fact]
    public Task Docs_Opened_ShowTheCallsWithoutAnErrorOnTheConsole() => browser.VisitAsStrangerAsync(async page =>
    {
        List<string> errors = [];
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") errors.Add(message.Text);
        };
        page.PageError += (_, error) => errors.Add(error);
        page.RequestFailed += (_, request) => errors.Add($"{request.Url}: {request.Failure}");

        await page.GotoAsync(new Uri(Pulse.Api.BaseAddress!, "/docs").AbsoluteUri);

        foreach (var path in (string[])["/v1/auth/login", "/v1/posts", "/v1/feed", "/v1/users/{id}/follow", "/system/health"])
        {
            await Expect(page.Locator($"[data-path='{path}']").First).ToBeVisibleAsync();
        }

        // One of them, tried.
        await page.Locator("#operations-System-GetSystemHealth .opblock-summary-control").ClickAsync();
        await page.Locator("#operations-System-GetSystemHealth button.execute").ClickAsync();
        await Expect(page.Locator("#operations-System-GetSystemHealth .live-responses-table")).ToContainTextAsync("\"status\"");
        Assert.Empty(errors);
    });

    [Fact]
    public async Task Document_OfTheRunningSystem_HasErrorsForEveryCallAndNothingThatCannotBeCalled()
    {
        var document = JsonElement.Parse(await Pulse.Api.GetStringAsync("/openapi/v1.json", Ct));

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var call in path.Value.EnumerateObject().Where(call => path.Name != "/system/health"))
            {
                var responses = call.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToList();
                Assert.True(responses.Contains("429") && responses.Contains("503"), $"{call.Name} {path.Name}: {string.Join(' ', responses)}");
                var isOpen = call.Value.TryGetProperty("security", out var security) && security.GetArrayLength() == 0;
                Assert.True(isOpen || responses.Contains("401"), $"{call.Name} {path.Name} needs a token and has no 401.");
                using var request = new HttpRequestMessage(HttpMethod.Parse(call.Name), path.Name.Replace("{id}", "1", StringComparison.Ordinal));
                using var answer = await Pulse.Api.SendAsync(request, Ct);
                Assert.True((int)answer.StatusCode is not 405 and < 500, $"{call.Name} {path.Name}: {(int)answer.StatusCode}");
            }
        }

        var text = document.GetRawText();
        Assert.DoesNotContain("u002B", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/internal", text, StringComparison.Ordinal);
    }
}
