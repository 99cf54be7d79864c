using Pulse.ServiceDefaults.Problems;

namespace Pulse.ServiceDefaults.Liveness;

/// <summary>
/// Tells a dead dependency from a slow one by asking it something small beside the traffic: dead is who leaves that without any
/// answer. So the traffic itself needs no short limits, and what answers its probe may take its time.
/// </summary>
/// <remarks>
/// A probe that fails at once, as at a refused connection, is an answer: callers are refused at once as well, and nobody waits.
/// The watch begins with <see cref="Begin"/> and goes on until it is disposed.
/// </remarks>
/// <param name="dependency">What is watched, as it stands in problems and logs.</param>
/// <param name="probe">Asks something small.</param>
/// <param name="interval">The pause between an answer and the next question.</param>
/// <param name="patience">How long an answer may take.</param>
/// <param name="clock">The time.</param>
/// <param name="youth">How long after its first answer a life is young: it has much to compile then, and so much time for an answer.</param>
public sealed class LifeWatch(string dependency, Func<CancellationToken, Task> probe, TimeSpan interval, TimeSpan patience, TimeProvider clock, TimeSpan youth = default) : IDisposable
{
    // Patience in slices, and only slices that ended on time count: a process that gets no processor itself must not take that for the silence of others.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);
    private const int YoungFactor = 4;
    private readonly int _patience = (int)(patience / Slice);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<Action<bool>> _listeners = [];
    private volatile CancellationTokenSource _life = new();
    private long _seenAt;
    private long _bornAt;
    private int _silent;
    private int _begun;
    private Task _watching = Task.CompletedTask;

    /// <summary>What is watched, as it stands in problems and logs.</summary>
    public string Dependency => dependency;

    private bool IsYoung => youth > TimeSpan.Zero && (Volatile.Read(ref _bornAt) is var bornAt && (bornAt == 0 || clock.GetElapsedTime(bornAt) < youth));

    /// <summary>Whether it is silent now.</summary>
    public bool IsDead => _life.IsCancellationRequested;

    /// <summary>Cancelled at the moment that the present life ends; of a dead one already.</summary>
    public CancellationToken Death => _life.Token;

    /// <summary>Calls <paramref name="listener"/> with true at a death and with false at a return, in order; it must not take long.</summary>
    public void OnChange(Action<bool> listener)
    {
        lock (_lock) _listeners.Add(listener);
    }

    /// <summary>Starts to ask, at the first call.</summary>
    /// <returns>This.</returns>
    public LifeWatch Begin()
    {
        if (Volatile.Read(ref _begun) != 0 || Interlocked.Exchange(ref _begun, 1) != 0) return this;

        // The probes are nobody's: without this they would belong to the trace of whoever came first.
        using var _ = ExecutionContext.SuppressFlow();
        _watching = Task.Run(WatchAsync);
        return this;
    }

    /// <summary>Tells of an answer to anything else: whoever gave it was alive.</summary>
    public void Seen() => Volatile.Write(ref _seenAt, clock.GetTimestamp());

    /// <summary>Tells of a caller who waited in vain. If the probe waits too, that is enough.</summary>
    public void Doubt()
    {
        if (Volatile.Read(ref _silent) > 0 && !IsYoung) Die();
    }

    /// <exception cref="DependencyUnavailableException">It is dead.</exception>
    public void ThrowIfDead()
    {
        if (IsDead) throw new DependencyUnavailableException(dependency);
    }

    public void Dispose() => _stopping.Cancel();

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var answer = AskAsync();
            await ListenAsync(answer);
            // A silent one is not asked again before this probe has ended: what thaws answers it.
            if (await answer) Return();
            await Task.Delay(interval, clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether it succeeded, or failed so fast that nobody waits.</returns>
    private async Task<bool> AskAsync()
    {
        var asked = clock.GetTimestamp();
        try
        {
            await probe(_stopping.Token);
            if (_bornAt == 0) Volatile.Write(ref _bornAt, clock.GetTimestamp());
            return true;
        }
        catch (Exception)
        {
            var refused = clock.GetElapsedTime(asked) < patience;
            // Nobody is there: who answers next has just started.
            if (refused) Volatile.Write(ref _bornAt, 0);
            return refused;
        }
    }

    private async Task ListenAsync(Task answer)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            var begun = clock.GetTimestamp();
            await Task.WhenAny(answer, Task.Delay(Slice, clock, CancellationToken.None));
            if (answer.IsCompleted) break;

            if (Volatile.Read(ref _seenAt) >= since)
            {
                since = clock.GetTimestamp();
                Volatile.Write(ref _silent, 0);
            }
            else if (clock.GetElapsedTime(begun) < 2 * Slice && Interlocked.Increment(ref _silent) >= (IsYoung ? YoungFactor * _patience : _patience))
            {
                Die();
                break;
            }
        }

        Volatile.Write(ref _silent, 0);
    }

    private void Die()
    {
        lock (_lock)
        {
            if (IsDead) return;
            // Those who wait go on in threads of their own.
            _ = _life.CancelAsync();
            _listeners.ForEach(listener => listener(true));
        }
    }

    private void Return()
    {
        lock (_lock)
        {
            if (!IsDead) return;
            _life = new CancellationTokenSource();
            _listeners.ForEach(listener => listener(false));
        }
    }
}
