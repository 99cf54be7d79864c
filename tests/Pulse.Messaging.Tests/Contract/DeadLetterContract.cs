using Microsoft.Extensions.Logging.Abstractions;
using Pulse.Contracts.Events;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;
using Pulse.TestInfrastructure;

namespace Pulse.Messaging.Tests.Contract;

/// <summary>What an operator may do with dead letters, be they in memory or in SQS.</summary>
public abstract class DeadLetterContract
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<Road> OpenAsync();

    [Fact]
    public async Task Show_ThenAgain_ListsTheSameWithTheirAttributesAndTakesNone()
    {
        var road = await OpenAsync();
        var deadLetters = DeadLettersOf(road);
        var published = await KillAsync(road, 12);

        var first = await deadLetters.ShowAsync(100, Ct);
        var second = await deadLetters.ShowAsync(100, Ct);

        Assert.Equal(Bodies(published), Bodies(first));
        Assert.Equal(Bodies(published), Bodies(second));
        Assert.All(first, message => Assert.Equal((PostDeleted.Type, Trace), (message.Type, message.TraceParent)));
        Assert.Equal(12, await deadLetters.CountAsync(Ct));
        Assert.Single(await deadLetters.ShowAsync(1, Ct));
    }

    [Fact]
    public async Task Show_NoDeadLetters_IsEmpty()
    {
        var deadLetters = DeadLettersOf(await OpenAsync());

        Assert.Empty(await deadLetters.ShowAsync(100, Ct));
        Assert.Equal(0, await deadLetters.CountAsync(Ct));
        Assert.Equal(new Replay(0, 0), await deadLetters.ReplayAsync(Ct));
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Replay_SomeDeadLetters_AreInTheirQueueAsTheyWereAndNoDeadLettersAnyMore()
    {
        var road = await OpenAsync();
        var deadLetters = DeadLettersOf(road);
        var published = await KillAsync(road, 12);

        Assert.Equal(new Replay(12, 0), await deadLetters.ReplayAsync(Ct));

        Assert.Equal(0, await deadLetters.CountAsync(Ct));
        var received = await ReceiveAsync(road.Queue, 12);
        Assert.Equal(Bodies(published), Bodies(received));
        Assert.All(received, message => Assert.Equal((PostDeleted.Type, Trace, 1), (message.Type, message.TraceParent, message.ReceiveCount)));
        Assert.Equal(new Replay(0, 0), await deadLetters.ReplayAsync(Ct));
    }

    [Fact]
    public async Task Replay_DiesAgain_IsADeadLetterAgain()
    {
        var road = await OpenAsync();
        var deadLetters = DeadLettersOf(road);
        var published = await KillAsync(road, 1);

        Assert.Equal(new Replay(1, 0), await deadLetters.ReplayAsync(Ct));
        await DieAsync(road, 1);

        Assert.Equal(Bodies(published), Bodies(await deadLetters.ShowAsync(100, Ct)));
        Assert.Equal(new Replay(1, 0), await deadLetters.ReplayAsync(Ct));
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Replay_QueueRefusesSome_ThoseStayDeadLetters()
    {
        var road = await OpenAsync();
        var published = await KillAsync(road, 3);
        var refusing = new RefusingQueue(road.Queue) { Refused = published[1].Body };
        var deadLetters = new DeadLetterQueue(refusing, road.DeadLetters, NullLogger<DeadLetterQueue>.Instance);

        Assert.Equal(new Replay(2, 1), await deadLetters.ReplayAsync(Ct));

        Assert.Equal(published[1].Body, Assert.Single(await deadLetters.ShowAsync(100, Ct)).Body);
        Assert.Equal(Bodies([published[0], published[2]]), Bodies(await ReceiveAsync(road.Queue, 2)));
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Replay_QueueIsAway_AllStayDeadLetters()
    {
        var road = await OpenAsync();
        var published = await KillAsync(road, 3);
        var deadLetters = new DeadLetterQueue(new RefusingQueue(road.Queue) { IsAway = true }, road.DeadLetters, NullLogger<DeadLetterQueue>.Instance);

        await Assert.ThrowsAsync<OutageException>(() => deadLetters.ReplayAsync(Ct));

        Assert.Equal(Bodies(published), Bodies(await deadLetters.ShowAsync(100, Ct)));
    }

    private static DeadLetterQueue DeadLettersOf(Road road) => new(road.Queue, road.DeadLetters, NullLogger<DeadLetterQueue>.Instance);

    private static IEnumerable<string> Bodies(IEnumerable<OutboundMessage> messages) => messages.Select(message => message.Body).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Bodies(IEnumerable<Delivery> messages) => messages.Select(message => message.Body).Order(StringComparer.Ordinal);

    private static async Task<IReadOnlyList<OutboundMessage>> KillAsync(Road road, int count)
    {
        OutboundMessage[] messages = [.. Enumerable.Range(0, count).Select(_ => Road.Message(Trace))];
        foreach (var batch in messages.Chunk(IEventPublisher.MaxBatch)) Assert.Empty(await road.Publisher.PublishAsync(road.Topic, batch, Ct));
        await DieAsync(road, count);
        return messages;
    }

    /// <summary>Receives all there is in vain until it is given up.</summary>
    private static async Task DieAsync(Road road, int count)
    {
        for (var receive = 1; receive <= Road.MaxReceiveCount; receive++)
        {
            foreach (var batch in (await ReceiveAsync(road.Queue, count)).Chunk(IMessageQueue.MaxBatch)) await road.Queue.ChangeVisibilityAsync(batch, TimeSpan.Zero, Ct);
        }

        Assert.Empty(await road.Queue.ReceiveAsync(10, TimeSpan.Zero, Minute, Ct));
        await Until.TrueAsync(async () => await road.DeadLetters.CountAsync(Ct) == count, "all are dead letters", Ct);
    }

    private static async Task<List<Delivery>> ReceiveAsync(IMessageQueue queue, int count)
    {
        List<Delivery> all = [];
        await Until.TrueAsync(
            async () =>
            {
                all.AddRange(await queue.ReceiveAsync(Math.Min(IMessageQueue.MaxBatch, count - all.Count), LongPoll, Minute, Ct));
                return all.Count == count;
            },
            $"{count} messages are received",
            Ct);
        return all;
    }

    /// <summary>Takes what it is sent, but for one body, or nothing at all.</summary>
    private sealed class RefusingQueue(IMessageQueue queue) : IMessageQueue
    {
        public string? Refused { get; init; }

        public bool IsAway { get; init; }

        public string Name => queue.Name;

        public Task<IReadOnlyList<Delivery>> ReceiveAsync(int max, TimeSpan wait, TimeSpan visibility, CancellationToken ct) => queue.ReceiveAsync(max, wait, visibility, ct);

        public Task<IReadOnlyList<Delivery>> DeleteAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct) => queue.DeleteAsync(deliveries, ct);

        public Task<IReadOnlyList<Delivery>> ChangeVisibilityAsync(IReadOnlyList<Delivery> deliveries, TimeSpan visibility, CancellationToken ct) =>
            queue.ChangeVisibilityAsync(deliveries, visibility, ct);

        public Task<long> CountAsync(CancellationToken ct) => queue.CountAsync(ct);

        public async Task<IReadOnlyList<Delivery>> SendAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct)
        {
            if (IsAway) throw new OutageException();

            var failed = await queue.SendAsync([.. deliveries.Where(delivery => delivery.Body != Refused)], ct);
            return [.. failed, .. deliveries.Where(delivery => delivery.Body == Refused)];
        }
    }
}

public sealed class InMemoryDeadLetterTests : DeadLetterContract
{
    protected override Task<Road> OpenAsync() => InMemoryRoad.OpenAsync();
}

public sealed class SqsDeadLetterTests(SnsSqs bus) : DeadLetterContract
{
    protected override Task<Road> OpenAsync() => bus.OpenAsync(TestContext.Current.CancellationToken);
}
