using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.PostService.Posts;

/// <summary>Tells readers of timelines how far the posts have come.</summary>
internal sealed class PublishedWatermark(RedisCircuit redis) : IOutboxWatermark
{
    public void Note(DateTimeOffset publishedBefore) => redis.Send(
        db => db.StringSet(FanoutProgress.PostsPublished, FanoutProgress.Encode(publishedBefore), flags: CommandFlags.FireAndForget));
}
