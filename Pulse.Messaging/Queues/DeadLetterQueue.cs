using Microsoft.Extensions.Logging;

namespace Pulse.Messaging.Queues;

/// <summary>What a replay did.</summary>
/// <param name="Replayed">Messages that are in their queue again.</param>
/// <param name="Failed">Messages that the queue refused; they are dead letters still.</param>
public sealed record Replay(int Replayed, int Failed);

/// <summary>The messages that a queue has given up, for an operator to look at and to put back.</summary>
public sealed partial class DeadLetterQueue(IMessageQueue queue, IMessageQueue deadLetters, ILogger<DeadLetterQueue> logger)
{
    /// <summary>The most messages of one look or one replay: they are held in memory meanwhile.</summary>
    public const int MaxHeld = 10_000;

    // Longer than the longest look or replay takes; a process that dies in between gives everything back after it.
    private static readonly TimeSpan Visibility = TimeSpan.FromMinutes(2);

    // A short poll asks only some of SQS' servers, and a queue may look empty that is not.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    /// <summary>The queue that they come from.</summary>
    public string Queue => queue.Name;

    public Task<long> CountAsync(CancellationToken ct) => deadLetters.CountAsync(ct);

    /// <summary>Up to <paramref name="max"/> messages, which stay where they are. Each look counts as a receive, which in a dead-letter queue has no effect.</summary>
    public async Task<IReadOnlyList<Delivery>> ShowAsync(int max, CancellationToken ct)
    {
        List<Delivery> held = [];
        try
        {
            await HoldAsync(held, max, ct);
            return held;
        }
        finally
        {
            await GiveBackAsync(held);
        }
    }

    /// <summary>
    /// Puts the messages back, as they are, into their queue. All are held before the first is sent, so a message that fails
    /// and dies again meanwhile is not replayed twice. One is deleted only after it was sent: whatever goes wrong, it may come
    /// twice, which idempotent handlers do not mind, and is never lost.
    /// </summary>
    public async Task<Replay> ReplayAsync(CancellationToken ct)
    {
        List<Delivery> held = [];
        List<Delivery> refused = [];
        var tried = 0;
        try
        {
            await HoldAsync(held, MaxHeld, ct);
            foreach (var batch in held.Chunk(IMessageQueue.MaxBatch))
            {
                var failed = await queue.SendAsync(batch, ct);
                tried += batch.Length;
                refused.AddRange(failed);
                await DeleteAsync([.. batch.Except(failed)]);
            }

            LogReplayed(queue.Name, tried - refused.Count, refused.Count);
            return new Replay(tried - refused.Count, refused.Count);
        }
        finally
        {
            await GiveBackAsync([.. refused, .. held.Skip(tried)]);
        }
    }

    private async Task HoldAsync(List<Delivery> held, int max, CancellationToken ct)
    {
        while (held.Count < max)
        {
            var received = await deadLetters.ReceiveAsync(Math.Min(IMessageQueue.MaxBatch, max - held.Count), Wait, Visibility, ct);
            if (received.Count == 0) return;

            held.AddRange(received);
        }
    }

    private async Task DeleteAsync(Delivery[] sent)
    {
        if (sent.Length == 0) return;

        // Without a token: they were sent, so they are acknowledged even when the caller has gone.
        var left = await deadLetters.DeleteAsync(sent, CancellationToken.None);
        if (left.Count > 0) LogNotDeleted(queue.Name, left.Count);
    }

    private async Task GiveBackAsync(List<Delivery> held)
    {
        try
        {
            foreach (var batch in held.Chunk(IMessageQueue.MaxBatch)) await deadLetters.ChangeVisibilityAsync(batch, TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // They come back by themselves when their visibility ends.
            LogNotGivenBack(queue.Name, exception);
        }
    }

    [LoggerMessage(2231, LogLevel.Information, "{Queue}: {Replayed} dead letters replayed, {Failed} could not be sent")]
    private partial void LogReplayed(string queue, int replayed, int failed);

    [LoggerMessage(2232, LogLevel.Warning, "{Queue}: {Count} replayed dead letters could not be deleted and will be replayed once more")]
    private partial void LogNotDeleted(string queue, int count);

    [LoggerMessage(2233, LogLevel.Warning, "{Queue}: dead letters could not be given back before their time")]
    private partial void LogNotGivenBack(string queue, Exception exception);
}
