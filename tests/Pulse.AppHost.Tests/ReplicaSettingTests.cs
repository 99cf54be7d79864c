using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Pulse.AppHost.Control;

namespace Pulse.AppHost.Tests;

/// <summary>Replicas as the command line asks for them and speaks of them.</summary>
public sealed class ReplicaSettingTests
{
    [Fact]
    public void UseReplicas_ServiceIsNamed_HasThatMany()
    {
        var builder = RunningApplication.CreateBuilder();
        var posts = builder.AddProject("posts", "posts.csproj").WithHttpEndpoint().Resource;
        var users = builder.AddProject("users", "users.csproj").WithHttpEndpoint().Resource;

        builder.UseReplicas(new Dictionary<string, string> { ["PULSE_REPLICAS__posts"] = "3", ["PULSE_REPLICAS__users"] = "", ["PATH"] = "/bin" });

        Assert.Equal((3, 1), (posts.GetReplicaCount(), users.GetReplicaCount()));
    }

    [Theory]
    [InlineData("PULSE_REPLICAS__poets", "2", "PULSE_REPLICAS__poets names no service; those are posts")]
    [InlineData("PULSE_REPLICAS__posts-migrations", "2", "PULSE_REPLICAS__posts-migrations names no service; those are posts")]
    [InlineData("PULSE_REPLICAS__posts", "0", "PULSE_REPLICAS__posts is \"0\", expected a number of processes from 1 to 8")]
    [InlineData("PULSE_REPLICAS__posts", "two", "PULSE_REPLICAS__posts is \"two\", expected a number of processes from 1 to 8")]
    public void UseReplicas_Nonsense_SaysWhatIsExpected(string variable, string value, string refusal)
    {
        var builder = RunningApplication.CreateBuilder();
        builder.AddProject("posts-migrations", "posts.csproj");
        builder.AddProject("posts", "posts.csproj").WithHttpEndpoint();

        Assert.Equal(refusal, Assert.Throws<StartRefusedException>(() => builder.UseReplicas(new Dictionary<string, string> { [variable] = value })).Message);
    }

    [Fact]
    public async Task TextAsync_SeveralProcesses_MergesByTimeAndNamesThem()
    {
        await using var running = await StartAsync("echo one; exec sleep 600", "while [ ! -e $GATE ]; do sleep 0.05; done; echo two; exec sleep 600", out var gate);
        var logs = running.App.Services.GetRequiredService<ResourceLoggerService>();
        await running.LineAsync("first", "one");
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await running.LineAsync("second", "two");

        // The later one is asked for first.
        var text = await logs.TextAsync(["second", "first"], tail: 10);

        Assert.Equal(["first | one", "second | two"], text.TrimEnd().Split('\n').Select(WithoutTime));
        Assert.Equal(["second | two"], (await logs.TextAsync(["second", "first"], tail: 1)).TrimEnd().Split('\n').Select(WithoutTime));
        Assert.DoesNotContain("|", await logs.TextAsync(["first"], tail: 10), StringComparison.Ordinal);
        File.Delete(gate);
    }

    [Fact]
    public async Task FollowAsync_ReaderIsSlow_ProcessGoesOnAndTheReaderIsToldWhatItMissed()
    {
        const int Lines = 20_000;
        await using var running = await StartAsync($"seq 1 10; while [ ! -e $GATE ]; do sleep 0.05; done; seq 11 {Lines}", "exec sleep 600", out var gate);
        var logs = running.App.Services.GetRequiredService<ResourceLoggerService>();
        await running.LineAsync("first", "10");
        using var reader = new SlowReader();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var following = logs.FollowAsync(["first"], tail: 4, reader, left.Token);
        await reader.Reached;
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await running.UntilStateAsync("first", KnownResourceStates.Finished);
        reader.GoOn();
        await running.UntilTrueAsync(() => reader.Text.Contains("[sys] exited with code 0", StringComparison.Ordinal));
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        var said = reader.Text.TrimEnd().Split('\n').Select(WithoutTime).ToList();
        Assert.Equal(["7", "8", "9", "10"], said[..4]);
        Assert.Contains(said, line => line.EndsWith("lines are missing here: they came faster than they were read", StringComparison.Ordinal));
        Assert.Equal($"{Lines}", said[^2]);
        File.Delete(gate);
    }

    private static Task<RunningApplication> StartAsync(string first, string second, out string gate)
    {
        gate = Path.Combine(Path.GetTempPath(), $"pulse-gate-{Path.GetRandomFileName()}");
        var builder = RunningApplication.CreateBuilder();
        builder.AddExecutable("first", "/bin/sh", "/", "-c", first).WithEnvironment("GATE", gate);
        builder.AddExecutable("second", "/bin/sh", "/", "-c", second).WithEnvironment("GATE", gate);
        return RunningApplication.StartAsync(builder);
    }

    // [name | ]2026-01-01T00:00:00.000Z text
    private static string WithoutTime(string line) => string.Join(' ', line.Split(' ').Where(word => !DateTimeOffset.TryParse(word, out _) || word.Length < 20));

    /// <summary>Takes nothing from its first write on, until it is told to go on.</summary>
    private sealed class SlowReader : MemoryStream
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly StringBuilder _text = new();

        public Task Reached => _reached.Task;

        public string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }

        public void GoOn() => _goOn.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reached.TrySetResult();
            await _goOn.Task.WaitAsync(cancellationToken);
            lock (_text) _text.Append(Encoding.UTF8.GetString(buffer.Span));
        }
    }
}
