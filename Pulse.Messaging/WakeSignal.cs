using System.Threading.Channels;

namespace Pulse.Messaging;

/// <summary>
/// Wakes a worker whose list of work stands in a database, so that new work need not wait for its next sweep. Losing a signal costs that
/// wait and nothing else.
/// </summary>
public class WakeSignal
{
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Call after the transaction that wrote the work has committed.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Returns when it was woken, or when the sweep is due.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await _wakes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The sweep is due.
        }
    }
}
