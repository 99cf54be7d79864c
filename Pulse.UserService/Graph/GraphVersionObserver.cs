using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;

namespace Pulse.UserService.Graph;

/// <summary>Repeats what a request could not do that died between its commit and the set.</summary>
internal sealed class GraphVersionObserver(GraphVersions versions) : IOutboxObserver
{
    public Task BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        var newest = messages
            .Select(VersionOf)
            .OfType<(UserId User, long Version)>()
            .GroupBy(change => change.User, change => change.Version)
            .Select(changes => KeyValuePair.Create(changes.Key, changes.Max()))
            .ToList();
        return newest.Count == 0 ? Task.CompletedTask : versions.PublishAsync(newest, ct);
    }

    private static (UserId User, long Version)? VersionOf(OutboxMessage message)
    {
        if (message.Type == UserFollowed.Type)
        {
            var followed = EventEnvelope.Read(message.Body).DataAs<UserFollowed>();
            return (followed.FollowerId, followed.Version);
        }

        if (message.Type != UserUnfollowed.Type) return null;

        var unfollowed = EventEnvelope.Read(message.Body).DataAs<UserUnfollowed>();
        return (unfollowed.FollowerId, unfollowed.Version);
    }
}
