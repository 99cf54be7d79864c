using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Supervision;

/// <summary>kill -9 of one process, and what a person sees of it.</summary>
public sealed class KillTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    public async Task Service_Killed_SaysHowAndTheOthersGoOn()
    {
        var author = await Pulse.NewUserAsync(Ct);
        var pids = await PidsAsync();

        await KillAsync("timelines");
        var status = await Pulse.Command.RunAsync("status", Ct);
        var post = await author.PostAsync("while timelines is away", Ct);
        using (var feed = await author.Client.GetAsync("/v1/feed", Ct)) Assert.Equal("application/problem+json", feed.Content.Headers.ContentType?.MediaType);
        var log = await Pulse.Command.MustAsync("logs timelines", Ct);
        await Pulse.ResourceAsync("timelines", "start", Ct);

        Assert.Equal(1, status.ExitCode);
        Assert.Contains("not healthy: timelines", status.Output, StringComparison.Ordinal);
        var lines = status.Output.Split('\n').Select(line => line.Trim()).ToList();
        var said = lines.IndexOf("timelines exited with code 137; ./pulse resource timelines start starts it again. Its last lines:");
        Assert.InRange(said, 1, lines.Count);
        Assert.EndsWith("[sys] exited with code 137 (SIGKILL)", lines[said + 5], StringComparison.Ordinal);
        Assert.EndsWith("[sys] exited with code 137 (SIGKILL)", log.Trim(), StringComparison.Ordinal);
        await author.FeedUntilAsync(page => page.Ids.Contains(post), "the post is there", Ct);
        var after = await PidsAsync();
        Assert.Equal(["timelines"], pids.Keys.Where(name => pids[name] != after[name]));
    }

    [Fact]
    public async Task Dashboard_Killed_EverythingGoesOnAndTelemetryComesBack()
    {
        var author = await Pulse.NewUserAsync(Ct);
        var pids = await PidsAsync();

        await KillAsync("aspire-dashboard");
        await author.PostAsync("nobody measures this", Ct);
        var status = await Pulse.Command.RunAsync("status", Ct);
        await Pulse.ResourceAsync("aspire-dashboard", "start", Ct);

        Assert.Contains("not healthy: aspire-dashboard", status.Output, StringComparison.Ordinal);
        var trace = await PostAsync(author);
        await Until.TrueAsync(async () => (await Pulse.Telemetry.TraceAsync(trace, Ct)).Any(span => span.Service == "posts"), "the dashboard has the trace of a new post", Ct);
        var after = await PidsAsync();
        Assert.Equal(["aspire-dashboard"], pids.Keys.Where(name => pids[name] != after[name]));
    }

    /// <summary>The id of the trace of a post that begins here.</summary>
    private static async Task<string> PostAsync(PulseUser author)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(new { content = "somebody measures this" }) };
        request.Headers.Add("traceparent", $"00-{trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        using var answer = await author.Client.SendAsync(request, Ct);
        await answer.MustJsonAsync(Ct);
        return trace.ToHexString();
    }

    private async Task KillAsync(string resource)
    {
        using var process = Process.GetProcessById((await Pulse.StatusAsync(resource, Ct)).GetProperty("pid").GetInt32());
        process.Kill();
        await Until.TrueAsync(
            async () => await Pulse.StatusAsync(resource, Ct) is var status && status.GetProperty("state").GetString() == "Exited" && status.GetProperty("exit_code").GetInt32() == 137,
            $"the status says that {resource} has exited",
            Ct);
    }

    private async Task<Dictionary<string, int>> PidsAsync()
    {
        var status = JsonElement.Parse((await Pulse.Command.RunAsync("status --json", Ct)).Output);
        return status.GetProperty("resources").EnumerateArray()
            .Where(resource => resource.GetProperty("pid").ValueKind == JsonValueKind.Number)
            .ToDictionary(resource => resource.GetProperty("name").GetString()!, resource => resource.GetProperty("pid").GetInt32());
    }
}
