using System.Text.Json;

namespace Pulse.AppHost.Local;

/// <summary>Every topic, queue and subscription of Pulse; in AWS the stacks of deploy/ make the same.</summary>
internal static class BusTopology
{
    public const string Region = "us-east-1";
    public const string Account = "000000000000";
    public const string TopicArnPrefix = $"arn:aws:sns:{Region}:{Account}:";

    private const string PostEvents = "pulse-post-events";
    private const string UserEvents = "pulse-user-events";
    private const int MaxReceiveCount = 3;
    private const int VisibilityTimeoutSeconds = 30;

    public static IReadOnlyList<string> Topics { get; } = [PostEvents, UserEvents];

    public static IReadOnlyList<BusQueue> Queues { get; } =
    [
        new("pulse-fanout",
            new BusSubscription(PostEvents, "post.published", "post.edited", "post.deleted")),
        new("pulse-graph",
            new BusSubscription(
                UserEvents,
                "user.registered", "user.profile_changed", "user.privacy_changed", "user.deleted",
                "user.followed", "user.unfollowed", "user.blocked", "user.unblocked", "user.muted", "user.unmuted")),
        new("pulse-notifications",
            new BusSubscription(PostEvents, "post.published", "post.liked", "post.unliked"),
            new BusSubscription(UserEvents, "user.followed", "user.follow_requested", "user.follow_accepted")),
    ];

    public static string ToInitJson() => JsonSerializer.Serialize(
        new
        {
            region = Region,
            topics = Topics.Select(name => new { name }),
            queues = Queues.SelectMany(ToInit),
            subscriptions = Queues.SelectMany(queue => queue.Subscriptions.Select(s => ToInit(queue, s))),
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
    public string DeadLetters => $"{Name}-dlq";
}
