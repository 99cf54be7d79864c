using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using Pulse.TimelineService.HomeTimeline;
using StackExchange.Redis;

namespace Pulse.TimelineService.Hydrating;

/// <summary>Posts by id, with their authors. An id without an entry was deleted, or never committed, or <see cref="Degraded"/> says why.</summary>
internal sealed record Hydration(
    IReadOnlyDictionary<PostId, PostSnapshot> Posts,
    IReadOnlyDictionary<UserId, AuthorCard> Authors,
    IReadOnlyCollection<string> Degraded);

/// <summary>Step 3 of the read path: snapshots and cards from Redis, what is missing by one batched call to its owner.</summary>
internal sealed class PostHydrator(RedisCircuit redis, PostClient postService, CardClient userService)
{
    // Longer than the owners take to write the tombstones and cards of what changed while Redis did not answer.
    private static readonly TimeSpan UnheardTime = TimeSpan.FromSeconds(5);

    public async Task<Hydration> HydrateAsync(IReadOnlyList<long> ids, CancellationToken ct)
    {
        HashSet<string> degraded = [];
        var posts = await PostsAsync(ids, degraded, ct);
        var authors = await AuthorsAsync([.. posts.Values.Select(post => post.AuthorId).Distinct()], degraded, ct);
        return new Hydration(posts, authors, degraded);
    }

    private async Task<Dictionary<PostId, PostSnapshot>> PostsAsync(IReadOnlyList<long> ids, HashSet<string> degraded, CancellationToken ct)
    {
        var values = await ReadAsync([.. ids.Select(id => (RedisKey)PostKeys.Snapshot(new PostId(id)))], degraded, ct);
        var posts = new Dictionary<PostId, PostSnapshot>(ids.Count);
        Dictionary<PostId, PostSnapshot> unproven = [];
        List<PostId> missing = [];
        // A Redis that thaws has its snapshots, also of what was deleted meanwhile.
        var proves = !redis.FailedWithin(UnheardTime);
        for (var index = 0; index < ids.Count; index++)
        {
            var id = new PostId(ids[index]);
            if (values[index] is { } value)
            {
                if (PostSnapshot.IsTombstone(value)) continue;

                (proves ? posts : unproven)[id] = PostSnapshot.Decode(value);
                if (proves) continue;
            }

            missing.Add(id);
        }

        if (missing.Count == 0) return posts;
        try
        {
            foreach (var post in await postService.BatchAsync(missing, ct)) posts[post.Id] = post;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            // Nobody can delete while PostService is away: better a post that may be gone than a page that lacks them all.
            foreach (var (id, post) in unproven) posts[id] = post;
            degraded.Add(Degradation.Posts);
        }

        return posts;
    }

    private async Task<Dictionary<UserId, AuthorCard>> AuthorsAsync(IReadOnlyList<UserId> ids, HashSet<string> degraded, CancellationToken ct)
    {
        var values = await ReadAsync([.. ids.Select(id => (RedisKey)UserKeys.Card(id))], degraded, ct);
        var cards = new Dictionary<UserId, AuthorCard>(ids.Count);
        List<UserId> missing = [];
        // As with the snapshots: a card of before may say nothing of a suspension.
        var proves = !redis.FailedWithin(UnheardTime);
        for (var index = 0; index < ids.Count; index++)
        {
            var card = values[index] is { } value ? AuthorCard.Decode(value) : null;
            if (card is not null) cards[ids[index]] = card;
            if (card is not { Version: > 0 } || !proves) missing.Add(ids[index]);
        }

        if (missing.Count == 0) return cards;
        try
        {
            var told = await userService.BatchAsync(missing, ct);
            // Whom their owner does not know any more has no card, whatever Redis says.
            foreach (var id in missing) cards.Remove(id);
            foreach (var card in told) cards[card.Id] = card;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            // Nobody changes a profile while UserService is away, so the card at hand goes on; and of somebody whom the viewer follows a post is
            // worth showing without its author's name.
            degraded.Add(Degradation.Graph);
            foreach (var id in missing) cards.TryAdd(id, AuthorCard.Unknown(id));
        }

        return cards;
    }

    private async Task<byte[]?[]> ReadAsync(RedisKey[] keys, HashSet<string> degraded, CancellationToken ct)
    {
        if (keys.Length == 0) return [];
        try
        {
            return Array.ConvertAll(await redis.RunAsync(db => db.StringGetAsync(keys), ct), value => (byte[]?)value);
        }
        catch (DependencyUnavailableException)
        {
            degraded.Add(Degradation.Cache);
            return new byte[]?[keys.Length];
        }
    }
}
