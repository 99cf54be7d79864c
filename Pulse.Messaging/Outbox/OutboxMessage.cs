using System.Diagnostics;
using System.Globalization;
using Pulse.Contracts.Events;

namespace Pulse.Messaging.Outbox;

/// <summary>An event waiting in its owner's database, written in the transaction of the change that it tells of.</summary>
public sealed class OutboxMessage
{
    /// <summary>A snowflake: rows are published in this order, about the order of their commits.</summary>
    public required long Id { get; init; }

    public required string Topic { get; init; }

    public required string Type { get; init; }

    /// <summary>The message group of a fair queue: an author or a follower.</summary>
    public required string GroupKey { get; init; }

    /// <summary>The envelope as JSON text, as it goes over the wire.</summary>
    public required string Body { get; init; }

    /// <summary>W3C trace context of the request that wrote the row.</summary>
    public string? TraceParent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public static OutboxMessage For<TEvent>(TEvent data, long id, DateTimeOffset now)
        where TEvent : IEvent => new()
        {
            Id = id,
            Topic = TEvent.Topic,
            Type = TEvent.Type,
            GroupKey = data.Group.ToString(CultureInfo.InvariantCulture),
            Body = EventEnvelope.Write(id, data, now),
            TraceParent = Activity.Current?.Id,
            CreatedAt = now,
        };
}
