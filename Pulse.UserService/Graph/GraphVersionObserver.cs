using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;

namespace Pulse.UserService.Graph;

/// <summary>Repeats what a request could not do that died between its commit and the set.</summary>
internal sealed class GraphVersionObserver(GraphVersions versions) : IOutboxObserver
{
    public async Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        var newest = messages
            .SelectMany(VersionsOf)
            .GroupBy(change => change.Key, change => change.Value)
            .Select(changes => KeyValuePair.Create(changes.Key, changes.Max()))
            .ToList();
        if (newest.Count > 0) await versions.PublishAsync(newest, ct);
        // At best: without the key readers ask for the graph itself.
        return [];
    }

    private static IEnumerable<KeyValuePair<UserId, long>> VersionsOf(OutboxMessage message)
    {
        if (message.Type == UserFollowed.Type)
        {
            var followed = EventEnvelope.Read(message.Body).DataAs<UserFollowed>();
            return [KeyValuePair.Create(followed.FollowerId, followed.Version)];
        }

        if (message.Type == UserUnfollowed.Type)
        {
            var unfollowed = EventEnvelope.Read(message.Body).DataAs<UserUnfollowed>();
            return [KeyValuePair.Create(unfollowed.FollowerId, unfollowed.Version)];
        }

        if (message.Type == UserBlocked.Type)
        {
            var blocked = EventEnvelope.Read(message.Body).DataAs<UserBlocked>();
            return [KeyValuePair.Create(blocked.BlockerId, blocked.Version), KeyValuePair.Create(blocked.BlockedId, blocked.BlockedVersion)];
        }

        if (message.Type == UserMuted.Type)
        {
            var muted = EventEnvelope.Read(message.Body).DataAs<UserMuted>();
            return [KeyValuePair.Create(muted.MuterId, muted.Version)];
        }

        if (message.Type == UserUnmuted.Type)
        {
            var unmuted = EventEnvelope.Read(message.Body).DataAs<UserUnmuted>();
            return [KeyValuePair.Create(unmuted.MuterId, unmuted.Version)];
        }

        if (message.Type != UserUnblocked.Type) return [];

        var unblocked = EventEnvelope.Read(message.Body).DataAs<UserUnblocked>();
        return [KeyValuePair.Create(unblocked.BlockerId, unblocked.Version), KeyValuePair.Create(unblocked.BlockedId, unblocked.BlockedVersion)];
    }
}
