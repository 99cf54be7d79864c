namespace Pulse.Contracts.Events;

/// <summary>Names of the topics and queues; what each queue takes stands in the AppHost's bus topology.</summary>
public static class Topics
{
    public const string PostEvents = "pulse-post-events";
    public const string UserEvents = "pulse-user-events";

    public const string FanoutQueue = "pulse-fanout";
    public const string GraphQueue = "pulse-graph";
    public const string NotificationsQueue = "pulse-notifications";

    /// <summary>The dead-letter queue of <paramref name="queue"/>.</summary>
    public static string DeadLetters(string queue) => queue + "-dlq";
}
