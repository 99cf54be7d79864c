using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Pulse.ServiceDefaults.Background;
using Pulse.TestInfrastructure;

namespace Pulse.ServiceDefaults.Tests.Background;

public sealed class PeriodicServiceTests
{
    private static readonly Func<CancellationToken, Task> Fine = _ => Task.CompletedTask;
    private static readonly Func<CancellationToken, Task> Away = _ => throw new TimeoutException("Postgres is away.");
    private static readonly Func<CancellationToken, Task> Broken = _ => throw new InvalidOperationException("a defect");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Round_Fails_IsAnErrorAndTheNextComes()
    {
        var heard = await RunAsync(Broken, Fine, Broken, Fine);

        Assert.Equal([(LogLevel.Error, 1702), (LogLevel.Error, 1702)], heard);
    }

    [Fact]
    public async Task Round_OutageOfSeveralRounds_IsToldWhenItBegins()
    {
        var heard = await RunAsync(Away, Away, Away, Fine, Away, Fine);

        Assert.Equal([(LogLevel.Warning, 1701), (LogLevel.Warning, 1701)], heard);
    }

    [Fact]
    public async Task Stop_InTheMiddleOfARound_EndsItAndSaysNothing()
    {
        var began = new TaskCompletionSource();
        var heard = await RunAsync(ct =>
        {
            began.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, ct);
        });

        Assert.True(began.Task.IsCompletedSuccessfully);
        Assert.Empty(heard);
    }

    // Stops when the last of the rounds has begun, and its predecessors are over.
    private static async Task<IReadOnlyList<(LogLevel Level, int Id)>> RunAsync(params Func<CancellationToken, Task>[] rounds)
    {
        var log = new Hearing();
        using var service = new Scripted(rounds, log);
        await service.StartAsync(Ct);
        await Until.TrueAsync(() => Task.FromResult(service.Begun >= rounds.Length), "every round has begun", Ct);
        await service.StopAsync(Ct);

        Assert.True(service.ExecuteTask!.IsCompletedSuccessfully);
        return [.. log.Heard];
    }

    private sealed class Scripted(Func<CancellationToken, Task>[] rounds, ILogger logger) : PeriodicService(TimeSpan.FromMilliseconds(1), TimeProvider.System, logger)
    {
        private int _begun;

        public int Begun => Volatile.Read(ref _begun);

        protected override Task RunAsync(CancellationToken ct) => Interlocked.Increment(ref _begun) is var round && round <= rounds.Length ? rounds[round - 1](ct) : Task.CompletedTask;
    }

    private sealed class Hearing : ILogger
    {
        public ConcurrentQueue<(LogLevel Level, int Id)> Heard { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Heard.Enqueue((logLevel, eventId.Id));
    }
}
