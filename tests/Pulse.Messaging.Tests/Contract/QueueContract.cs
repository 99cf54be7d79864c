using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;
using Pulse.TestInfrastructure;

namespace Pulse.Messaging.Tests.Contract;

/// <summary>What a publisher and a queue must do, be they in memory or SNS and SQS.</summary>
public abstract class QueueContract
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<Road> OpenAsync();

    [Fact]
    public async Task Publish_OfATypeItTakes_ArrivesAsItWasWithItsTrace()
    {
        var road = await OpenAsync();
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var message = Road.Message(Trace);

        Assert.Empty(await road.Publisher.PublishAsync(road.Topic, [message], Ct));

        var delivery = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct));
        Assert.Equal(message.Body, delivery.Body);
        Assert.Equal(Trace, delivery.TraceParent);
        Assert.Equal(1, delivery.ReceiveCount);
        Assert.Equal(new PostDeleted(new PostId(message.Id), new UserId(7)), EventEnvelope.Read(delivery.Body).DataAs<PostDeleted>());
    }

    [Fact]
    public async Task Publish_OfAnotherType_IsFilteredOut()
    {
        var road = await OpenAsync();
        var other = Road.Message() with { Type = UserFollowed.Type };
        var taken = Road.Message();

        Assert.Empty(await road.Publisher.PublishAsync(road.Topic, [other, taken], Ct));

        Assert.Equal(taken.Body, Assert.Single(await ReceiveAllAsync(road.Queue, Minute)).Body);
    }

    [Fact]
    public async Task Publish_WithoutTrace_ArrivesWithout()
    {
        var road = await OpenAsync();
        await road.PublishAsync(Ct);

        Assert.Null(Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct)).TraceParent);
    }

    [Fact]
    public async Task Receive_Many_AllArriveOnceInBatchesOfTenAtMost()
    {
        var road = await OpenAsync();
        var published = await road.PublishAsync(25, Ct);

        var received = await ReceiveAllAsync(road.Queue, Minute);

        Assert.Equal(published.Select(message => message.Body).Order(StringComparer.Ordinal), received.Select(delivery => delivery.Body).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Receive_Empty_WaitsForAMessage()
    {
        var road = await OpenAsync();

        var waiting = road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct);
        Assert.False(waiting.IsCompleted);
        var message = await road.PublishAsync(Ct);

        Assert.Equal(message.Body, Assert.Single(await waiting).Body);
    }

    [Fact]
    public async Task Receive_NotDeleted_ComesAgainAfterItsVisibilityAndCounts()
    {
        var road = await OpenAsync();
        await road.PublishAsync(Ct);

        var first = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Second, Ct));
        Assert.Empty(await road.Queue.ReceiveAsync(10, TimeSpan.Zero, Second, Ct));
        var second = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Second, Ct));

        Assert.Equal(first.MessageId, second.MessageId);
        Assert.NotEqual(first.Receipt, second.Receipt);
        Assert.Equal((1, 2), (first.ReceiveCount, second.ReceiveCount));
    }

    [Fact]
    public async Task ChangeVisibility_ToZero_GivesBackAtOnce()
    {
        var road = await OpenAsync();
        await road.PublishAsync(Ct);
        var first = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct));

        Assert.Empty(await road.Queue.ChangeVisibilityAsync([first], TimeSpan.Zero, Ct));

        Assert.Equal(2, Assert.Single(await road.Queue.ReceiveAsync(10, TimeSpan.Zero, Minute, Ct)).ReceiveCount);
    }

    [Fact]
    public async Task ChangeVisibility_Longer_KeepsHidden()
    {
        var road = await OpenAsync();
        await road.PublishAsync(Ct);
        var delivery = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Second, Ct));

        Assert.Empty(await road.Queue.ChangeVisibilityAsync([delivery], Minute, Ct));

        Assert.Empty(await road.Queue.ReceiveAsync(10, 2 * Second, Minute, Ct));
    }

    [Fact]
    public async Task Delete_SomeOfABatch_LeavesTheOthers()
    {
        var road = await OpenAsync();
        await road.PublishAsync(10, Ct);
        var received = await ReceiveAllAsync(road.Queue, Second);

        Assert.Empty(await road.Queue.DeleteAsync([.. received.Skip(1)], Ct));

        Assert.Equal(received[0].MessageId, Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct)).MessageId);
        Assert.Empty(await road.Queue.ReceiveAsync(10, 2 * Second, Minute, Ct));
    }

    // SQS says success to the delete of a stale receipt and does nothing, so "failed" cannot be part of the contract.
    [Fact]
    public async Task Delete_StaleReceipt_DoesNotTakeTheMessageFromItsNewHolder()
    {
        var road = await OpenAsync();
        await road.PublishAsync(Ct);
        var stale = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct));
        await road.Queue.ChangeVisibilityAsync([stale], TimeSpan.Zero, Ct);
        var held = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct));

        await road.Queue.DeleteAsync([stale], Ct);

        Assert.Empty(await road.Queue.ChangeVisibilityAsync([held], TimeSpan.Zero, Ct));
        Assert.Equal(3, Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct)).ReceiveCount);
    }

    [Fact]
    public async Task ChangeVisibility_StaleReceiptAmongGoodOnes_AloneFails()
    {
        var road = await OpenAsync();
        await road.PublishAsync(3, Ct);
        var received = await ReceiveAllAsync(road.Queue, Minute);
        var stale = received[1];
        await road.Queue.ChangeVisibilityAsync([stale], TimeSpan.Zero, Ct);
        await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct);

        var failed = await road.Queue.ChangeVisibilityAsync(received, Minute, Ct);

        Assert.Equal([stale], failed);
    }

    [Fact]
    public async Task Receive_ThreeTimesInVain_GoesToTheDeadLetters()
    {
        var road = await OpenAsync();
        var message = await road.PublishAsync(Ct);
        for (var receive = 1; receive <= Road.MaxReceiveCount; receive++)
        {
            var delivery = Assert.Single(await road.Queue.ReceiveAsync(10, LongPoll, Minute, Ct));
            Assert.Equal(receive, delivery.ReceiveCount);
            await road.Queue.ChangeVisibilityAsync([delivery], TimeSpan.Zero, Ct);
        }

        Assert.Empty(await road.Queue.ReceiveAsync(10, TimeSpan.Zero, Minute, Ct));
        Assert.Equal(message.Body, Assert.Single(await road.DeadLetters.ReceiveAsync(10, LongPoll, Minute, Ct)).Body);
    }

    [Fact]
    public async Task Receive_CancelledDuringTheLongPoll_SwallowsNothing()
    {
        var road = await OpenAsync();
        for (var round = 0; round < 10; round++)
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var polls = Enumerable.Range(0, 4).Select(_ => road.Queue.ReceiveAsync(10, LongPoll, Minute, cancel.Token)).ToList();
            await cancel.CancelAsync();
            foreach (var poll in polls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
            var message = await road.PublishAsync(Ct);

            var delivery = Assert.Single(await ReceiveAllAsync(road.Queue, Minute));

            Assert.Equal((message.Body, 1), (delivery.Body, delivery.ReceiveCount));
            Assert.Empty(await road.Queue.DeleteAsync([delivery], Ct));
        }
    }

    /// <summary>Everything that is visible, at most ten a time, once there is something. A poll may return empty before its time.</summary>
    private static async Task<List<Delivery>> ReceiveAllAsync(IMessageQueue queue, TimeSpan visibility)
    {
        List<Delivery> all = [];
        await Until.TrueAsync(
            async () =>
            {
                all.AddRange(await queue.ReceiveAsync(IMessageQueue.MaxBatch, LongPoll, visibility, Ct));
                return all.Count > 0;
            },
            "something is received",
            Ct);
        while (true)
        {
            var more = await queue.ReceiveAsync(IMessageQueue.MaxBatch, TimeSpan.Zero, visibility, Ct);
            Assert.InRange(more.Count, 0, IMessageQueue.MaxBatch);
            if (more.Count == 0) return all;
            all.AddRange(more);
        }
    }
}
