using System.Diagnostics;

namespace Pulse.SystemTests.Drills.Steps;

/// <summary>A process that hangs (SIGSTOP): its connections stand and nothing answers; goes on at disposal.</summary>
internal sealed class FrozenProcess : IAsyncDisposable
{
    private readonly int _pid;

    private FrozenProcess(int pid) => _pid = pid;

    public static async Task<FrozenProcess> FreezeAsync(RunningPulse pulse, string resource, CancellationToken ct)
    {
        var frozen = new FrozenProcess((await pulse.StatusAsync(resource, ct)).GetProperty("pid").GetInt32());
        Assert.Equal(0, await frozen.SignalAsync("STOP"));
        return frozen;
    }

    // It may have been killed meanwhile.
    public async ValueTask DisposeAsync() => await SignalAsync("CONT");

    private async Task<int> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_pid}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
        return kill.ExitCode;
    }
}
