namespace Pulse.SystemTests;

/// <summary>A test against the whole system. It fails when any service logs an error that it did not declare.</summary>
public abstract class SystemTest(RunningPulse pulse) : IAsyncLifetime
{
    private readonly HashSet<int> _expectedErrors = [];

    protected RunningPulse Pulse { get; } = pulse;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Pulse.Errors.AssertNoneButAsync(_expectedErrors, CancellationToken.None);
    }

    /// <summary>Declares that the test provokes an error with this event id.</summary>
    protected void ExpectError(int eventId) => _expectedErrors.Add(eventId);
}
