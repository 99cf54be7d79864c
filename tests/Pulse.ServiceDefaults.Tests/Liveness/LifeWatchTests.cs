using System.Diagnostics;
using Pulse.ServiceDefaults.Liveness;
using Pulse.ServiceDefaults.Problems;
using Pulse.TestInfrastructure;

namespace Pulse.ServiceDefaults.Tests.Liveness;

[Trait("Invariant", "30")]
public sealed class LifeWatchTests : IDisposable
{
    private readonly List<bool> _changes = [];
    private volatile Func<CancellationToken, Task> _answer = _ => Task.CompletedTask;
    private int _asked;

    private readonly LifeWatch _watch;

    public LifeWatchTests()
    {
        _watch = new LifeWatch("something", AskAsync, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500), TimeProvider.System);
        _watch.OnChange(_changes.Add);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _watch.Dispose();

    [Fact]
    public async Task Watch_Silent_IsDeadForThoseWhoWaitAndThoseWhoCome()
    {
        _answer = ct => Task.Delay(Timeout.Infinite, ct);
        _watch.Begin();
        var waiting = Task.Delay(Timeout.Infinite, _watch.Death);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Ct));

        Assert.True(_watch.IsDead);
        Assert.Equal("something", Assert.Throws<DependencyUnavailableException>(_watch.ThrowIfDead).Dependency);
    }

    [Fact]
    public async Task Watch_SilentOneAnswersAfterAll_LivesAgainByThatAnswer()
    {
        var thaw = new TaskCompletionSource();
        _answer = _ => thaw.Task;
        _watch.Begin();
        await Until.TrueAsync(() => _watch.IsDead, "it is dead", Ct);
        var asked = Volatile.Read(ref _asked);

        thaw.SetResult();

        await Until.TrueAsync(() => !_watch.IsDead, "it lives", Ct);
        Assert.Equal(1, asked);
        Assert.False(_watch.Death.IsCancellationRequested);
        Assert.Equal([true, false], _changes);
    }

    [Fact]
    public async Task Watch_Refused_IsNotDead()
    {
        // Who is refused does not wait, and the next caller may find it listening.
        _answer = _ => throw new HttpRequestException("Connection refused");
        _watch.Begin();

        await Until.TrueAsync(() => Volatile.Read(ref _asked) > 20, "it was asked often", Ct);

        Assert.Empty(_changes);
    }

    [Fact]
    public async Task Watch_YoungAndLate_IsNotDead()
    {
        _answer = ct => Task.Delay(TimeSpan.FromMilliseconds(900), ct);
        using var patient = new LifeWatch("something", AskAsync, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500), TimeProvider.System, youth: TimeSpan.FromMinutes(10));
        patient.OnChange(_changes.Add);
        patient.Begin();

        await Until.TrueAsync(() => Volatile.Read(ref _asked) > 3, "it was asked and has answered late", Ct);

        Assert.Empty(_changes);
    }

    [Fact]
    public async Task Watch_SilentProbeEndsInTimeout_StaysDead()
    {
        _answer = async ct =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            throw new TimeoutException();
        };
        _watch.Begin();

        await Until.TrueAsync(() => Volatile.Read(ref _asked) > 2, "it was asked again", Ct);

        Assert.Equal([true], _changes);
    }

    [Fact]
    public async Task Watch_ProbeStuckBehindTrafficThatIsAnswered_IsNotDead()
    {
        _answer = ct => Task.Delay(Timeout.Infinite, ct);
        var since = Stopwatch.StartNew();
        _watch.Begin();

        await Until.TrueAsync(
            () =>
            {
                _watch.Seen();
                return since.Elapsed > TimeSpan.FromSeconds(2);
            },
            "others were answered for much longer than a silent one has",
            Ct);

        Assert.False(_watch.IsDead);
        await Until.TrueAsync(() => _watch.IsDead, "it is dead when they are not any more", Ct);
    }

    private Task AskAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _asked);
        return _answer(ct);
    }
}
