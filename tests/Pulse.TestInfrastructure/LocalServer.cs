using Pulse.TestInfrastructure.Processes;

namespace Pulse.TestInfrastructure;

/// <summary>A real server on a loopback port of its own, that tests may stop, kill and freeze. It keeps its port and its data until it is disposed.</summary>
public abstract class LocalServer : IAsyncDisposable
{
    private const int Attempts = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private GuardedProcess? _process;

    private protected LocalServer(string name)
    {
        Name = name;
        Folder = ServerFolder.Create(name);
    }

    public string Name { get; }

    public int Port { get; } = LoopbackPort.Free();

    private protected string Folder { get; }

    private protected abstract IReadOnlyList<string> Command { get; }

    private protected virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    private protected virtual Signal StopSignal => Signal.Terminate;

    /// <summary>Starts the server, for the first time or again, and returns when it answers.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        // A killed Postgres leaves children that hold its memory for a moment, and a new one refuses to start beside them.
        for (var attempt = 1; !await TryStartAsync(ct); attempt++)
        {
            if (attempt == Attempts) throw new InvalidOperationException($"{Name} ended while it started:\n{_process!.LogTail}");
        }
    }

    /// <summary>Asks the server to leave and returns when it has.</summary>
    public Task StopAsync(CancellationToken ct) => EndAsync(StopSignal, ct);

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync(CancellationToken ct) => EndAsync(Signal.Kill, ct);

    /// <summary>Freezes the server: it keeps its connections and answers nothing.</summary>
    public void Pause() => _process!.Freeze();

    public void Resume() => _process!.Thaw();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<bool> AnswersAsync(CancellationToken ct);

    private async Task<bool> TryStartAsync(CancellationToken ct)
    {
        var process = _process = await GuardedProcess.StartAsync(Folder, StopSignal, Command, Environment, ct);
        await Until.TrueAsync(async () => process.HasExited || await AnswersAsync(ct), $"{Name} answers", ct);
        return !process.HasExited;
    }

    private async Task EndAsync(Signal signal, CancellationToken ct)
    {
        _process!.Send(signal);
        await _process.WaitForExitAsync(ct).WaitAsync(Patience, ct);
    }
}
