using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pulse.SystemTests.Running;

/// <summary>The errors that the services have logged, by the event ids on their consoles.</summary>
internal sealed partial class ErrorLog(HttpClient control)
{
    private static readonly string[] Services =
        ["users-migrations", "posts-migrations", "timelines-migrations", "users", "posts", "timelines", "fanout", "gateway"];

    private readonly HashSet<string> _seen = [];

    /// <summary>Fails for every error since the last call, but for the event ids that the test declares.</summary>
    public async Task AssertNoneButAsync(IReadOnlySet<int> expected, CancellationToken ct)
    {
        List<string> errors = [];
        var resources = await control.GetFromJsonAsync<JsonElement>("/resources", ct);
        foreach (var process in resources.GetProperty("resources").EnumerateArray())
        {
            if (!Services.Contains(process.GetProperty("name").GetString(), StringComparer.Ordinal)) continue;
            var service = process.GetProperty("id").GetString()!;
            var log = await control.GetStringAsync($"/resources/{service}/logs", ct);
            foreach (Match error in ErrorLine().Matches(log))
            {
                // The time stamp makes a line unique, and the log keeps old ones.
                if (_seen.Add(service + error.Value) && !expected.Contains(int.Parse(error.Groups["id"].ValueSpan, provider: null))) errors.Add($"{service}: {error.Value}");
            }
        }

        Assert.True(errors.Count == 0, "Logged errors that the test did not provoke:\n" + string.Join('\n', errors));
    }

    [GeneratedRegex(@"^(?<time>\S+) (fail|crit): (?<category>\S+)\[(?<id>\d+)\](\n\S+ {6}[^\n]*){1,8}", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ErrorLine();
}
