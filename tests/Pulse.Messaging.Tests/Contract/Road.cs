using System.Globalization;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;

namespace Pulse.Messaging.Tests.Contract;

/// <summary>A topic, a queue that takes <c>post.published</c> and <c>post.deleted</c> of it, and its dead letters after three receives.</summary>
public sealed record Road(IEventPublisher Publisher, string Topic, IMessageQueue Queue, IMessageQueue DeadLetters)
{
    public const int MaxReceiveCount = 3;

    public static readonly string[] Types = [PostPublished.Type, PostDeleted.Type];

    private static readonly SnowflakeGenerator Ids = new(TimeProvider.System, () => 0);

    /// <summary>An event as the outbox holds it.</summary>
    public static OutboundMessage Message(string? traceParent = null)
    {
        var id = Ids.Next();
        var data = new PostDeleted(new PostId(id), new UserId(7));
        return new OutboundMessage(id, PostDeleted.Type, "7", EventEnvelope.Write(id, data, Snowflake.TimeOf(id)), traceParent);
    }

    public static string Id(OutboundMessage message) => message.Id.ToString(CultureInfo.InvariantCulture);

    public async Task<OutboundMessage> PublishAsync(CancellationToken ct) => (await PublishAsync(1, ct))[0];

    public async Task<IReadOnlyList<OutboundMessage>> PublishAsync(int count, CancellationToken ct)
    {
        OutboundMessage[] messages = [.. Enumerable.Range(0, count).Select(_ => Message())];
        foreach (var batch in messages.Chunk(IEventPublisher.MaxBatch)) Assert.Empty(await Publisher.PublishAsync(Topic, batch, ct));
        return messages;
    }
}
