using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pulse.Messaging.Publishing;

namespace Pulse.Messaging.Outbox;

/// <summary>
/// Moves committed events to their topics: woken by <see cref="OutboxSignal"/>, sweeping by age besides.
/// A crash at any point loses nothing; a publish may repeat.
/// </summary>
internal sealed partial class OutboxRelay(
    OutboxStore store,
    OutboxSignal signal,
    IEventPublisher publisher,
    IEnumerable<IOutboxObserver> observers,
    OutboxTelemetry telemetry,
    IOptions<OutboxOptions> options,
    TimeProvider clock,
    ILogger<OutboxRelay> logger) : BackgroundService
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMinutes(10);

    // What observers hold back, so that the claims of this sweep go past it; the next sweep asks them again. A crash forgets it, and the rows are pending as ever.
    private readonly HashSet<long> _held = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        var purgeAt = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RelayOnceAsync(stoppingToken) == options.Value.ClaimSize)
                {
                    // A full claim means more behind it.
                }

                _held.Clear();

                if (failures > 0) LogRecovered(failures);
                failures = 0;
                if (clock.GetUtcNow() >= purgeAt)
                {
                    await store.DeletePublishedAsync(clock.GetUtcNow() - options.Value.KeepPublished, stoppingToken);
                    purgeAt = clock.GetUtcNow() + PurgeInterval;
                }

                await signal.WaitAsync(options.Value.SweepInterval, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Database or bus away: the rows stay where they are. One warning when it starts, then patience.
                if (failures++ == 0) LogPaused(exception);
                var pause = TimeSpan.FromMilliseconds(Math.Min(MaxPause.TotalMilliseconds, 100 * Math.Pow(2, Math.Min(failures, 10))));
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Publishes one claim of pending rows.</summary>
    /// <returns>How many were published or held back.</returns>
    internal async Task<int> RelayOnceAsync(CancellationToken ct)
    {
        await using var claim = await store.ClaimAsync(options.Value.ClaimSize, _held, ct);
        if (claim.Messages.Count == 0) return 0;

        HashSet<long> held = [];
        foreach (var observer in observers) held.UnionWith(await observer.BeforePublishAsync(claim.Messages, ct));
        _held.UnionWith(held);

        var batches = claim.Messages
            .Where(message => !held.Contains(message.Id))
            .GroupBy(message => message.Topic)
            .SelectMany(topic => topic.Chunk(IEventPublisher.MaxBatch).Select(batch => PublishAsync(topic.Key, batch, ct)));
        var outcomes = await Task.WhenAll(batches);
        var published = outcomes.SelectMany(outcome => outcome.Published).ToHashSet();
        await claim.CompleteAsync(published, clock.GetUtcNow());

        // Throttled entries stay pending; an error of the whole call pauses the relay, after what did go out was marked.
        return outcomes.Select(outcome => outcome.Error).FirstOrDefault(error => error is not null) is { } failure
            ? throw new EventPublishException("A batch was not published.", failure)
            : published.Count + held.Count;
    }

    private async Task<(IEnumerable<long> Published, Exception? Error)> PublishAsync(string topic, OutboxMessage[] batch, CancellationToken ct)
    {
        var entries = batch.Select(message => new PublishEntry(message, telemetry.StartPublish(message))).ToList();
        try
        {
            var refused = await publisher.PublishAsync(topic, [.. entries.Select(entry => entry.ToOutbound())], ct);
            foreach (var (id, reason) in refused)
            {
                entries.Single(entry => entry.Message.Id == id).Span?.SetStatus(ActivityStatusCode.Error, reason);
                LogRefused(id, topic, reason);
            }

            return (batch.Select(message => message.Id).Except(refused.Keys), null);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            foreach (var entry in entries) entry.Span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            return ([], exception);
        }
        finally
        {
            foreach (var entry in entries) entry.Span?.Dispose();
        }
    }

    private sealed record PublishEntry(OutboxMessage Message, Activity? Span)
    {
        // Consumers continue the trace below the publish, or below the request when nobody samples.
        public OutboundMessage ToOutbound() =>
            new(Message.Id, Message.Type, Message.GroupKey, Message.Body, Span?.Id ?? Message.TraceParent);
    }

    [LoggerMessage(2101, LogLevel.Warning, "The outbox relay pauses: database or bus is away")]
    private partial void LogPaused(Exception exception);

    [LoggerMessage(2102, LogLevel.Information, "The outbox relay goes on after {Failures} failed turns")]
    private partial void LogRecovered(int failures);

    [LoggerMessage(2103, LogLevel.Warning, "Event {Id} was refused by {Topic} and stays pending: {Reason}")]
    private partial void LogRefused(long id, string topic, string reason);
}
