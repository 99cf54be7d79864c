using System.Collections.Concurrent;
using Pulse.Messaging.Outbox;
using Pulse.Messaging.Publishing;

namespace Pulse.Messaging.Tests.Outbox;

/// <summary>A topic that takes everything, unless the test says otherwise.</summary>
internal sealed class ScriptedPublisher : IEventPublisher
{
    private static readonly IReadOnlyDictionary<long, string> Nothing = new Dictionary<long, string>();

    private readonly ConcurrentQueue<OutboundMessage> _published = [];

    /// <summary>What was taken, repeats included.</summary>
    public IReadOnlyList<OutboundMessage> Published => [.. _published];

    public IEnumerable<long> Ids => Published.Select(message => message.Id);

    /// <summary>Runs before a batch is taken.</summary>
    public Func<IReadOnlyList<OutboundMessage>, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after a batch was taken and before the relay hears of it.</summary>
    public Func<Task> After { get; set; } = () => Task.CompletedTask;

    public Func<OutboundMessage, bool> Refuses { get; set; } = _ => false;

    public async Task<IReadOnlyDictionary<long, string>> PublishAsync(string topic, IReadOnlyList<OutboundMessage> messages, CancellationToken ct)
    {
        Assert.Equal(OutboxDatabase.Topic, topic);
        Assert.InRange(messages.Count, 1, IEventPublisher.MaxBatch);
        await Before(messages);
        var refused = messages.Where(Refuses).ToDictionary(message => message.Id, _ => "Throttled");
        foreach (var message in messages.Where(message => !refused.ContainsKey(message.Id))) _published.Enqueue(message);
        await After();
        return refused.Count == 0 ? Nothing : refused;
    }
}

/// <summary>Sees what is about to leave, or is away.</summary>
internal sealed class ScriptedObserver : IOutboxObserver
{
    public HashSet<long> Seen { get; } = [];

    public bool IsAway { get; set; }

    /// <summary>What has to wait.</summary>
    public Func<OutboxMessage, bool> Holds { get; set; } = _ => false;

    public Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        if (IsAway) throw new TimeoutException("It is away.");
        Seen.UnionWith(messages.Select(message => message.Id));
        return Task.FromResult<IReadOnlyCollection<long>>([.. messages.Where(Holds).Select(message => message.Id)]);
    }
}
