using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Pulse.Messaging.Queues;

/// <summary>Deletes handled messages, as many at a time as have gathered while the call before was on its way.</summary>
internal sealed partial class Acknowledger(IMessageQueue queue, TimeProvider clock, ILogger logger)
{
    /// <summary>The most messages that wait for their delete, beside the batch on its way: handled ones get no heartbeats any more.</summary>
    internal const int Capacity = 5 * IMessageQueue.MaxBatch;

    private const int Attempts = 3;

    private readonly Channel<Delivery> _done = Channel.CreateBounded<Delivery>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Waits while deletes are slower than handlers: the message stays in flight meanwhile, so that no more are received.</summary>
    public ValueTask AddAsync(Delivery delivery) => _done.Writer.WriteAsync(delivery, CancellationToken.None);

    /// <summary>No more will come; <see cref="RunAsync"/> ends after the last delete.</summary>
    public void Complete() => _done.Writer.Complete();

    public async Task RunAsync()
    {
        List<Delivery> batch = [];
        while (await _done.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < IMessageQueue.MaxBatch && _done.Reader.TryRead(out var delivery)) batch.Add(delivery);
            await DeleteAsync(batch);
        }
    }

    private async Task DeleteAsync(IReadOnlyList<Delivery> batch)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                // Without a token: they are handled, so they are acknowledged even while stopping.
                batch = await queue.DeleteAsync(batch, CancellationToken.None);
                if (batch.Count == 0) return;
            }
            catch (Exception exception)
            {
                LogDeleteFailed(queue.Name, batch.Count, exception);
            }

            if (attempt < Attempts) await Task.Delay(TimeSpan.FromMilliseconds(50 * attempt), clock, CancellationToken.None);
        }

        // They will be delivered once more, which idempotent handlers do not mind.
        LogNotDeleted(queue.Name, batch.Count);
    }

    [LoggerMessage(2211, LogLevel.Warning, "{Queue}: deleting {Count} handled messages failed")]
    private partial void LogDeleteFailed(string queue, int count, Exception exception);

    [LoggerMessage(2212, LogLevel.Warning, "{Queue}: {Count} handled messages could not be deleted and will come again")]
    private partial void LogNotDeleted(string queue, int count);
}
