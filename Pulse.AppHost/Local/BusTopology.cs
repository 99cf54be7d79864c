using System.Text.Json;
using Names = Pulse.Contracts.Events.Topics;

namespace Pulse.AppHost.Local;

/// <summary>Every topic, queue, subscription and bucket of Pulse. A queue comes with its consumer: one that nobody drains would only grow.</summary>
internal static class BusTopology
{
    public const string Region = "us-east-1";
    public const string Account = "000000000000";
    public const string TopicArnPrefix = $"arn:aws:sns:{Region}:{Account}:";

    /// <summary>The bucket of pictures.</summary>
    public const string MediaBucket = "pulse-media";

    private const int MaxReceiveCount = 3;
    private const int VisibilityTimeoutSeconds = 30;

    public static IReadOnlyList<string> Topics { get; } = [Names.PostEvents, Names.UserEvents];

    public static IReadOnlyList<BusQueue> Queues { get; } =
    [
        new(Names.FanoutQueue,
            new BusSubscription(Names.PostEvents, "post.published", "post.edited", "post.deleted")),
        new(Names.GraphQueue,
            new BusSubscription(
                Names.UserEvents,
                "user.registered", "user.profile_changed", "user.privacy_changed", "user.deleted",
                "user.followed", "user.unfollowed", "user.blocked", "user.unblocked", "user.muted", "user.unmuted")),
        new(Names.NotificationsQueue,
            new BusSubscription(Names.PostEvents, "post.published", "post.mentioned", "post.deleted", "post.liked", "post.unliked"),
            new BusSubscription(
                Names.UserEvents,
                "user.followed", "user.unfollowed", "user.follow_requested", "user.follow_request_ended", "user.follow_accepted", "user.deleted")),
    ];

    /// <summary>Writes what the emulator makes at its start.</summary>
    /// <returns>The file.</returns>
    public static string WriteInventory(string folder)
    {
        var file = Path.Combine(folder, "bus-init.json");
        File.WriteAllText(file, ToInitJson());
        return file;
    }

    public static string ToInitJson() => JsonSerializer.Serialize(
        new
        {
            region = Region,
            topics = Topics.Select(name => new { name }),
            queues = Queues.SelectMany(ToInit),
            subscriptions = Queues.SelectMany(queue => queue.Subscriptions.Select(s => ToInit(queue, s))),
            buckets = new[] { MediaBucket },
        },
        new JsonSerializerOptions { WriteIndented = true });

    private static IEnumerable<object> ToInit(BusQueue queue)
    {
        var redrive = JsonSerializer.Serialize(new { deadLetterTargetArn = $"arn:aws:sqs:{Region}:{Account}:{queue.DeadLetters}", maxReceiveCount = MaxReceiveCount });
        yield return new { name = queue.DeadLetters };
        yield return new
        {
            name = queue.Name,
            attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["VisibilityTimeout"] = $"{VisibilityTimeoutSeconds}", ["RedrivePolicy"] = redrive },
        };
    }

    private static object ToInit(BusQueue queue, BusSubscription subscription) => new
    {
        topic = subscription.Topic,
        queue = queue.Name,
        attributes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["RawMessageDelivery"] = "true",
            ["FilterPolicy"] = JsonSerializer.Serialize(new { type = subscription.EventTypes }),
        },
    };
}

internal sealed record BusSubscription(string Topic, params string[] EventTypes);

internal sealed record BusQueue(string Name, params BusSubscription[] Subscriptions)
{
    public string DeadLetters => Names.DeadLetters(Name);
}
