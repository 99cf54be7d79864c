using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace Pulse.AppHost.Tests;

/// <summary>What a process may write without doing harm.</summary>
public sealed partial class LogTests : IDisposable
{
    private const int KeptLines = 5_000;
    private const int KeptCharacters = 4 * 1024 * 1024;
    private const int LongestLine = 16 * 1024;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pulse-logs-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Log_HundredMegabytes_KeepsTheNewestLines()
    {
        const int Lines = 1_250_000;
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "chatty", $"yes {new string('x', 79)} 2>/dev/null | head -n {Lines}"); // `yes` complains of the broken pipe
        await using var running = await RunningApplication.StartAsync(builder);

        await running.UntilAsync("chatty", HasEnded);
        var kept = await KeptAsync(running, "chatty");

        Assert.Equal(KeptLines, kept.Count);
        // And one that says how it ended.
        Assert.Equal(Enumerable.Range(Lines + 1 - KeptLines + 1, KeptLines), kept.Select(line => line.LineNumber));
        Assert.EndsWith("[sys] exited with code 0", kept[^1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_ProcessNeverStopsTalking_OthersGoOnAndItCanBeStopped()
    {
        var builder = RunningApplication.CreateBuilder();
        var chatty = Shell(builder, "chatty", "exec yes");
        Shell(builder, "quiet", "echo reached me; exec sleep 600").WaitForStart(chatty);
        await using var running = await RunningApplication.StartAsync(builder);

        Assert.Equal("me", await running.LineAsync("quiet", "reached "));
        var chattering = await running.UntilAsync("chatty", _ => true);
        await running.CommandAsync("chatty", "stop");

        Assert.Equal(KnownResourceStates.Running, chattering.State?.Text);
        await running.UntilStateAsync("chatty", KnownResourceStates.Exited);
    }

    [Fact]
    public async Task Log_LineNeverEnds_IsCutIntoLinesOfBoundedLength()
    {
        const int Characters = 10_000_000;
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "endless", $"tr '\\0' x </dev/zero 2>/dev/null | head -c {Characters}");
        await using var running = await RunningApplication.StartAsync(builder);

        await running.UntilAsync("endless", HasEnded);
        var kept = await KeptAsync(running, "endless");

        var lines = ((Characters - 1) / LongestLine) + 1;
        Assert.Equal(lines + 1, kept[^1].LineNumber);
        Assert.InRange(kept.Sum(line => line.Content.Length), KeptCharacters / 2, KeptCharacters);
        Assert.All(kept, line => Assert.InRange(line.Content.Length, 1, LongestLine + "2026-01-01T00:00:00.000Z ".Length));
    }

    [Fact]
    public async Task Watch_ReaderIsSlow_IsToldHowManyLinesItMissed()
    {
        const int Lines = 20_000;
        var gate = Path.Combine(_folder.FullName, "gate");
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "chatty", $"echo first; while [ ! -e {gate} ]; do sleep 0.05; done; seq 2 {Lines}");
        await using var running = await RunningApplication.StartAsync(builder);
        await running.LineAsync("chatty", "first");
        await using var reader = Logs(running).WatchAsync("chatty").GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await reader.MoveNextAsync());
        var (read, missed) = (reader.Current.Count, 0);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        // The reader does nothing meanwhile, and the process ends all the same.
        await running.UntilAsync("chatty", HasEnded);
        for (var ended = false; !ended;)
        {
            Assert.True(await reader.MoveNextAsync());
            foreach (var line in reader.Current)
            {
                ended = line.Content.EndsWith("[sys] exited with code 0", StringComparison.Ordinal);
                if (Missing().Match(line.Content) is { Success: true } announced) missed += int.Parse(announced.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
                else if (!ended) read++;
            }
        }

        Assert.Equal(Lines, read + missed);
        Assert.InRange(missed, Lines - KeptLines, Lines - 1);
    }

    [Fact]
    public async Task Log_EndsOfLines_AreThoseOfAnySystem()
    {
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "mixed", """printf 'one\r\ntwo\n\nthree\rfour\r\n\r\nfive'""");
        await using var running = await RunningApplication.StartAsync(builder);

        await running.UntilAsync("mixed", HasEnded);

        var kept = await KeptAsync(running, "mixed");
        Assert.Equal(["one", "two", "", "three", "four", "", "five", "[sys] exited with code 0"], kept.Select(line => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
    }

    private static async Task<IReadOnlyList<LogLine>> KeptAsync(RunningApplication running, string name)
    {
        List<LogLine> kept = [];
        await foreach (var batch in Logs(running).GetAllAsync(name)) kept.AddRange(batch);
        return kept;
    }

    private static ResourceLoggerService Logs(RunningApplication running) => running.App.Services.GetRequiredService<ResourceLoggerService>();

    private static IResourceBuilder<ExecutableResource> Shell(IDistributedApplicationBuilder builder, string name, string script) =>
        builder.AddExecutable(name, "/bin/sh", "/", "-c", script);

    private static bool HasEnded(CustomResourceSnapshot snapshot) => KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text, StringComparer.Ordinal);

    [GeneratedRegex(@"\[sys\] (?<count>\d+) lines are missing here", RegexOptions.ExplicitCapture)]
    private static partial Regex Missing();
}
