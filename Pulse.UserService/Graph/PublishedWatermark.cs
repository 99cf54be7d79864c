using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.UserService.Graph;

/// <summary>Tells readers of timelines how far follows and blocks have come.</summary>
internal sealed class PublishedWatermark(RedisCircuit redis) : IOutboxWatermark
{
    public void Note(DateTimeOffset publishedBefore) => redis.Send(
        db => db.StringSet(FanoutProgress.UsersPublished, FanoutProgress.Encode(publishedBefore), flags: CommandFlags.FireAndForget));
}
