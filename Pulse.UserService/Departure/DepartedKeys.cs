using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.ServiceDefaults.Redis;

namespace Pulse.UserService.Departure;

/// <summary>
/// Removes the keys of an account that is gone before anybody hears of it. By the relay and not by the erasure: an event of the account's last
/// edges may have waited for the bus or for Redis and has its graph version written again, and this one comes after those. As long as Redis is away it waits.
/// </summary>
internal sealed class DepartedKeys(RedisCircuit redis) : IOutboxObserver
{
    public async Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        OutboxMessage[] departures = [.. messages.Where(message => message.Type == UserDeleted.Type)];
        if (departures.Length == 0) return [];

        var users = Array.ConvertAll(departures, message => EventEnvelope.Read(message.Body).DataAs<UserDeleted>().UserId);
        // Keys of one user at a time: in a cluster the others' may stand elsewhere.
        var removed = await redis.TryRunAsync(cache => Task.WhenAll(users.SelectMany(KeysOf).Select(key => cache.KeyDeleteAsync(key))), ct);
        return removed ? [] : [.. departures.Select(message => message.Id)];
    }

    private static string[] KeysOf(UserId user) => [UserKeys.Card(user), UserKeys.GraphVersion(user)];
}
