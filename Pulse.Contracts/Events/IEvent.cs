namespace Pulse.Contracts.Events;

/// <summary>Something that happened in one service and that others may act on. Delivered at least once, in any order.</summary>
public interface IEvent
{
    /// <summary>The value of the message attribute <c>type</c>, by which queues filter.</summary>
    static abstract string Type { get; }

    /// <summary>The version of the shape of the data; raised only for changes that consumers cannot ignore.</summary>
    static abstract int Schema { get; }

    /// <summary>The topic, one of <see cref="Topics"/>.</summary>
    static abstract string Topic { get; }

    /// <summary>Whose events share a fair queue's group: the author or the follower.</summary>
    long Group { get; }
}
