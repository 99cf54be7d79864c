using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;

namespace Pulse.FanoutWorker.Notifications;

internal static class NotificationsRegistration
{
    public static void AddNotifications(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ActorStandings>();
        builder.Services.AddSingleton<Notifier>();
        builder.Services.AddHostedService<NotificationExpiry>();
        // No timeline waits for a notification.
        builder.AddQueuePump<NotifyingEventHandler>(Topics.NotificationsQueue, isAwaited: false);
    }
}
