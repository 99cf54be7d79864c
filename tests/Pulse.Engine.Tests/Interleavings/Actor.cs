using Pulse.Engine.Tests.Engine;

namespace Pulse.Engine.Tests.Interleavings;

/// <summary>
/// One flow through production code that stops before each of its statements and Redis commands until it may go on. The stop blocks a
/// thread: then no time limit of the code runs meanwhile, and nothing in it has to be changed.
/// </summary>
internal sealed class Actor(string name, Func<Task> body) : IProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly object _gate = new();
    private readonly Queue<(string Step, SemaphoreSlim Go)> _stopped = [];
    private int _running;
    private bool _ended;
    private Exception? _failure;

    public string Name { get; } = name;

    public bool HasEnded
    {
        get
        {
            lock (_gate) return _ended;
        }
    }

    /// <summary>The step before which it stands.</summary>
    public string Next
    {
        get
        {
            lock (_gate) return _stopped.Peek().Step;
        }
    }

    /// <summary>Runs to the first step.</summary>
    public void Start()
    {
        _ = Task.Run(async () =>
        {
            Probe.Current = this;
            try
            {
                await body();
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            lock (_gate)
            {
                _ended = true;
                Monitor.PulseAll(_gate);
            }
        });
        AwaitStop();
    }

    /// <summary>Takes one step, and runs to the next.</summary>
    public void Go()
    {
        (string Step, SemaphoreSlim Go) next;
        lock (_gate)
        {
            next = _stopped.Dequeue();
            _running++;
        }

        next.Go.Release();
        AwaitStop();
    }

    public void Before(string step)
    {
        using var go = new SemaphoreSlim(0);
        lock (_gate)
        {
            _stopped.Enqueue((step, go));
            Monitor.PulseAll(_gate);
        }

        go.Wait();
    }

    public void After()
    {
        lock (_gate)
        {
            _running--;
            Monitor.PulseAll(_gate);
        }
    }

    private void AwaitStop()
    {
        lock (_gate)
        {
            while (!_ended && (_stopped.Count == 0 || _running > 0))
            {
                if (!Monitor.Wait(_gate, Patience)) throw new WrongWalkException($"{Name} neither stops nor ends: {_running} steps under way.");
            }
        }

        if (_failure is not null) throw new WrongWalkException($"{Name} failed: {(_failure is WrongWalkException ? _failure.Message : _failure)}");
    }
}
