using Pulse.Messaging.Queues;

namespace Pulse.Messaging.Tests.Queues;

[Trait("Invariant", "21")]
public sealed class QueueProgressTests
{
    private readonly QueueProgress _progress = new("queue", TimeProvider.System);
    private readonly Delivery _delivery = new("message", "receipt", "body", ReceiveCount: 1, TraceParent: null);

    [Fact]
    public void Watermark_NothingReceivedYet_IsUnknown()
    {
        Assert.Null(_progress.Watermark);

        _progress.Begin(_delivery);
        Assert.Null(_progress.Watermark);

        var occurredAt = TimeProvider.System.GetUtcNow().AddHours(-1);
        _progress.Tells(_delivery, occurredAt);
        Assert.Equal(occurredAt, _progress.Watermark);
    }

    [Fact]
    public void Watermark_EventOlderThanTheLastEmptyPoll_CountsUntilAPollFindsNothing()
    {
        _progress.Empty();
        var occurredAt = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        _progress.Begin(_delivery);
        _progress.Tells(_delivery, occurredAt);
        _progress.End(_delivery);

        // It waited somewhere, an outbox that was frozen perhaps, and others of its age are behind it.
        Assert.Equal(occurredAt, _progress.Watermark);

        _progress.Empty();
        Assert.True(_progress.Watermark > occurredAt);
    }
}
