using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Pulse.ServiceDefaults.Liveness;
using Pulse.ServiceDefaults.Problems;
using StackExchange.Redis;

namespace Pulse.ServiceDefaults.Redis;

/// <summary>
/// The way to Redis: every call has a time limit, and callers are told "away" at once instead of waiting for a dead socket: while
/// Redis leaves its probe unanswered, and for a moment after a few failures of one that is slow. It opens again with the next answer.
/// </summary>
public sealed partial class RedisCircuit : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMilliseconds(250);

    // Shorter than a caller's patience: the first caller who waits in vain finds a probe that waits too, and so spares the others the wait.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    // Asynchronous calls of old clients never end by themselves when the connection leads nowhere.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    private readonly IConnectionMultiplexer _redis;
    private readonly ILogger<RedisCircuit> _logger;
    private readonly ResiliencePipeline _pipeline;
    private readonly TimeProvider _clock;
    private readonly CircuitBreakerManualControl _control = new();
    private readonly LifeWatch _watch;
    private long _failedAt;
    private int _isAway;

    public RedisCircuit(IConnectionMultiplexer redis, TimeProvider clock, ILogger<RedisCircuit> logger)
    {
        _redis = redis;
        _logger = logger;
        _clock = clock;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 3,
                SamplingDuration = TimeSpan.FromSeconds(2),
                BreakDuration = TimeSpan.FromSeconds(1),
                ShouldHandle = new PredicateBuilder().Handle<Exception>(Outage.Is),
                ManualControl = _control,
                OnOpened = _ =>
                {
                    // It opens again after every trial that fails; one line says that Redis is away.
                    if (Interlocked.Exchange(ref _isAway, 1) == 0) LogOpened();
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    if (Interlocked.Exchange(ref _isAway, 0) == 1) LogClosed();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        // A Redis that restarts between two calls fails neither, and yet has lost what others wrote.
        redis.ConnectionFailed += (_, _) => NoteFailure();
        _watch = new LifeWatch("redis", PingAsync, ProbeInterval, Patience, clock);
        _watch.OnChange(dead =>
        {
            // At the end as well: until now others may have written in vain, however long nobody called here.
            NoteFailure();
            // The failures that opened the circuit were of the one that was dead.
            if (!dead) _ = _control.CloseAsync(CancellationToken.None);
        });
    }

    /// <summary>Whether Redis leaves its probe unanswered now: for who has something else to do then, and does it on every request.</summary>
    public bool IsAway => _watch.Begin().IsDead;

    /// <summary>
    /// Whether a call or the connection failed lately. Best-effort writes of other processes may have been lost then, also in a Redis that
    /// was only frozen and still has everything else.
    /// </summary>
    public bool FailedWithin(TimeSpan time) => Volatile.Read(ref _failedAt) is var failedAt and not 0 && _clock.GetElapsedTime(failedAt) < time;

    /// <summary>Runs one call, or one pipelined batch of calls, within a reader's patience.</summary>
    /// <exception cref="DependencyUnavailableException">Redis is away, or was too slow.</exception>
    public Task<T> RunAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken ct) => RunAsync(call, CallTimeout, ct);

    /// <summary>Runs one call, or one pipelined batch of calls.</summary>
    /// <exception cref="DependencyUnavailableException">Redis is away, or took longer than <paramref name="timeout"/>.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> call, TimeSpan timeout, CancellationToken ct)
    {
        if (_watch.Begin().IsDead)
        {
            NoteFailure();
            throw new DependencyUnavailableException("redis");
        }

        try
        {
            var answer = await _pipeline.ExecuteAsync(
                static async (state, token) => await state.call(state._redis.GetDatabase()).WaitAsync(state.timeout, token),
                (call, timeout, _redis),
                ct);
            _watch.Seen();
            return answer;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            NoteFailure();
            if (exception is TimeoutException) _watch.Doubt();
            throw new DependencyUnavailableException("redis", exception);
        }
    }

    /// <summary>Runs a call whose effect is a convenience: an outage is no failure.</summary>
    /// <returns>Whether it was done.</returns>
    public async Task<bool> TryRunAsync(Func<IDatabase, Task> call, CancellationToken ct)
    {
        try
        {
            await RunAsync(
                async db =>
                {
                    await call(db);
                    return true;
                },
                ct);
            return true;
        }
        catch (DependencyUnavailableException)
        {
            return false;
        }
    }

    /// <summary>
    /// Sends a command without waiting for its answer, also while the circuit is open: that this process had trouble does not
    /// mean that the readers of what it writes have any.
    /// </summary>
    /// <param name="command">Issues commands with <see cref="CommandFlags.FireAndForget"/>.</param>
    public void Send(Action<IDatabase> command)
    {
        try
        {
            command(_redis.GetDatabase());
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            NoteFailure();
        }
    }

    public void Dispose() => _watch.Dispose();

    private async Task PingAsync(CancellationToken ct)
    {
        try
        {
            await _redis.GetDatabase().PingAsync().WaitAsync(ProbeTimeout, _clock, ct);
        }
        catch (ObjectDisposedException)
        {
            // The connection is of those who made it, and so is its end.
            Dispose();
        }
    }

    private void NoteFailure() => Volatile.Write(ref _failedAt, _clock.GetTimestamp());

    [LoggerMessage(1201, LogLevel.Warning, "Redis is away; its callers go on without it")]
    private partial void LogOpened();

    [LoggerMessage(1202, LogLevel.Information, "Redis is back")]
    private partial void LogClosed();
}
