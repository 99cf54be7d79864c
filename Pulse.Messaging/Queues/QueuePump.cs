using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pulse.Contracts.Events;
using Pulse.Messaging.Publishing;

namespace Pulse.Messaging.Queues;

/// <summary>
/// Draws messages from one queue and runs their handlers side by side. What is in flight is kept hidden by heartbeats,
/// what is done is deleted in batches, what failed comes again and after its last receive goes to the dead-letter queue.
/// An outage is not a failure: the pump stops receiving, holds what it has, and goes on where it was.
/// </summary>
internal sealed partial class QueuePump(
    IMessageQueue queue,
    IMessageHandler handler,
    IOutageDetector outages,
    QueueProgress progress,
    QueuePumpOptions options,
    TimeProvider clock,
    ILogger<QueuePump> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<Delivery, Task> _inFlight = [];
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrency, options.MaxConcurrency);
    private readonly Acknowledger _acknowledger = new(queue, clock, logger);
    private readonly OutageGate _gate = new(queue.Name, outages, options.OutageProbe, clock, logger);

    /// <summary>Messages received and neither done nor given back.</summary>
    public int InFlight => _inFlight.Count;

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Handlers outlive the stop signal by the drain time, unless they only wait out an outage; the heartbeat outlives them all.
        using var waiting = new CancellationTokenSource();
        using var handling = new CancellationTokenSource();
        using var beating = new CancellationTokenSource();
        var heartbeat = HeartbeatAsync(beating.Token);
        var acknowledging = _acknowledger.RunAsync();
        try
        {
            // Who starts in the middle of an outage receives nothing: each receive that ends in a stop brings a message nearer to its last one.
            await _gate.CheckAsync();
            await ReceiveAsync(handling.Token, waiting.Token, stoppingToken);
        }
        finally
        {
            // Not before: a poll that is about to be cancelled would take what is given back, and nobody would hear of it.
            await waiting.CancelAsync();
            await DrainAsync(handling);
            await beating.CancelAsync();
            await heartbeat.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _acknowledger.Complete();
            await acknowledging;
        }
    }

    private async Task ReceiveAsync(CancellationToken handling, CancellationToken waiting, CancellationToken stopping)
    {
        // Stopping does not cut a receive short: messages that are on their way in a cancelled answer stay hidden until their
        // visibility ends. A bus that hangs gets a second more than the wait.
        using var receiving = new CancellationTokenSource();
        await using var cut = stopping.Register(() => receiving.CancelAfter(options.Wait + TimeSpan.FromSeconds(1)));
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _gate.WaitAsync(stopping);
                await _slots.WaitAsync(stopping);
                _slots.Release();
                var free = Math.Clamp(_slots.CurrentCount, 1, IMessageQueue.MaxBatch);
                var deliveries = await queue.ReceiveAsync(free, options.Wait, options.Visibility, receiving.Token);
                failures = 0;
                // Fewer than asked for is no proof of an empty queue; none at all, after a long poll, is.
                if (deliveries.Count == 0) progress.Empty();
                foreach (var delivery in deliveries) progress.Begin(delivery);
                foreach (var delivery in deliveries)
                {
                    await _slots.WaitAsync(CancellationToken.None);
                    Start(delivery, handling, waiting);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (failures++ == 0) LogReceiveFailed(queue.Name, exception);
                var pause = TimeSpan.FromMilliseconds(Math.Min(5_000, 100 * Math.Pow(2, Math.Min(failures, 10))));
                await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Start(Delivery delivery, CancellationToken handling, CancellationToken waiting)
    {
        var started = new TaskCompletionSource();
        _inFlight[delivery] = started.Task;
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await HandleAsync(delivery, handling, waiting);
                }
                finally
                {
                    progress.End(delivery);
                    _inFlight.TryRemove(delivery, out _);
                    _slots.Release();
                    started.SetResult();
                }
            },
            CancellationToken.None);
    }

    private async Task HandleAsync(Delivery delivery, CancellationToken handling, CancellationToken waiting)
    {
        using var span = MessagingTelemetry.Source.StartActivity($"{queue.Name} process", ActivityKind.Consumer, MessagingTelemetry.Parent(delivery.TraceParent));
        span?.SetTag("messaging.system", "aws_sqs");
        span?.SetTag("messaging.operation.type", "process");
        span?.SetTag("messaging.destination.name", queue.Name);
        span?.SetTag("messaging.message.id", delivery.MessageId);
        span?.SetTag("pulse.receive_count", delivery.ReceiveCount);
        try
        {
            var envelope = EventEnvelope.Read(delivery.Body);
            progress.Tells(delivery, envelope.OccurredAt);
            while (!await TryHandleAsync(envelope, handling)) await _gate.WaitAsync(waiting);
            await _acknowledger.AddAsync(delivery);
        }
        catch (OperationCanceledException) when (handling.IsCancellationRequested || waiting.IsCancellationRequested)
        {
            await GiveBackAsync(delivery, TimeSpan.Zero);
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            LogHandlerFailed(queue.Name, delivery.MessageId, delivery.ReceiveCount, exception is JsonException ? "the body is not an event" : exception.Message, exception);
            await GiveBackAsync(delivery, options.RetryDelay);
        }
    }

    /// <returns>False when an outage stopped the handler: the message is held and tried again when the outage is over.</returns>
    private async Task<bool> TryHandleAsync(EventEnvelope envelope, CancellationToken ct)
    {
        try
        {
            await handler.HandleAsync(envelope, ct);
            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && outages.IsOutage(exception))
        {
            _gate.Close(exception);
            return false;
        }
    }

    private async Task GiveBackAsync(Delivery delivery, TimeSpan after)
    {
        try
        {
            await queue.ChangeVisibilityAsync([delivery], after, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // It comes back by itself when its visibility ends.
            LogNotGivenBack(queue.Name, delivery.MessageId, exception);
        }
    }

    private async Task HeartbeatAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(options.Visibility / 3, clock, ct);
            foreach (var batch in _inFlight.Keys.Chunk(IMessageQueue.MaxBatch))
            {
                try
                {
                    await queue.ChangeVisibilityAsync(batch, options.Visibility, ct);
                }
                catch (Exception exception) when (!ct.IsCancellationRequested)
                {
                    LogHeartbeatFailed(queue.Name, exception);
                }
            }
        }
    }

    private async Task DrainAsync(CancellationTokenSource handling)
    {
        var running = Task.WhenAll(_inFlight.Values);
        try
        {
            await running.WaitAsync(options.DrainTimeout, clock);
        }
        catch (TimeoutException)
        {
            await handling.CancelAsync();
            await running;
        }
    }

    [LoggerMessage(2201, LogLevel.Warning, "{Queue} does not answer; receiving pauses")]
    private partial void LogReceiveFailed(string queue, Exception exception);

    [LoggerMessage(2202, LogLevel.Error, "{Queue}: message {MessageId} failed at receive {ReceiveCount}: {Reason}")]
    private partial void LogHandlerFailed(string queue, string messageId, int receiveCount, string reason, Exception exception);

    [LoggerMessage(2203, LogLevel.Warning, "{Queue}: message {MessageId} could not be given back before its time")]
    private partial void LogNotGivenBack(string queue, string messageId, Exception exception);

    [LoggerMessage(2204, LogLevel.Warning, "{Queue}: a heartbeat failed")]
    private partial void LogHeartbeatFailed(string queue, Exception exception);
}
