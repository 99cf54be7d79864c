using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using Pulse.TimelineService.HomeTimeline;
using StackExchange.Redis;

namespace Pulse.TimelineService.Hydrating;

/// <summary>
/// Step 3 of the read path: snapshots, counts and cards from Redis, what is missing by one batched call to its owner. Posts that others repost or quote are
/// a second round, which most pages do without, and what a reposted one quotes a third.
/// </summary>
internal sealed class PostHydrator(RedisCircuit redis, PostClient postService, CardClient userService)
{
    // Longer than the owners take to write the tombstones and cards of what changed while Redis did not answer.
    private static readonly TimeSpan UnheardTime = TimeSpan.FromSeconds(5);

    public async Task<Hydration> HydrateAsync(IReadOnlyList<long> ids, CancellationToken ct)
    {
        var found = new Found();
        await FindAsync([.. ids.Select(PostId.From)], found, ct);
        var named = found.Posts.Values.SelectMany(References).Distinct().ToList();
        await FindAsync(found.Unknown(named), found, ct);
        await FindAsync(found.Unknown(named.Select(id => found.Posts.GetValueOrDefault(id)?.QuoteOf).OfType<PostId>()), found, ct);
        var authors = await AuthorsAsync([.. found.Posts.Values.Select(post => post.AuthorId).Distinct()], found.Degraded, ct);
        return new Hydration(found.Posts, found.Counts, authors, found.Degraded);
    }

    private static IEnumerable<PostId> References(PostSnapshot post)
    {
        if (post.RepostOf is { } original) yield return original;
        if (post.QuoteOf is { } quoted) yield return quoted;
    }

    private async Task FindAsync(IReadOnlyList<PostId> ids, Found found, CancellationToken ct)
    {
        if (ids.Count == 0) return;

        // Both in one round trip.
        RedisKey[] keys = [.. ids.Select(id => (RedisKey)PostKeys.Snapshot(id)), .. ids.Select(id => (RedisKey)PostKeys.Counts(id))];
        var values = await ReadAsync(keys, found.Degraded, ct);
        Dictionary<PostId, PostSnapshot> unproven = [];
        List<PostId> missing = [];
        // A Redis that thaws has its snapshots, also of what was deleted or edited meanwhile.
        var proves = !redis.FailedWithin(UnheardTime);
        for (var index = 0; index < ids.Count; index++)
        {
            var id = ids[index];
            var counts = values[ids.Count + index] is { } text ? PostCounts.Decode(id, text) : null;
            if (counts is not null) found.Counts[id] = counts;
            if (values[index] is not { } value)
            {
                missing.Add(id);
                continue;
            }

            if (PostSnapshot.IsTombstone(value)) continue;

            var post = PostSnapshot.Decode(value);
            (proves ? found.Posts : unproven)[id] = post;
            if (!proves || (counts is null && post.RepostOf is null)) missing.Add(id);
        }

        if (missing.Count > 0) await AskAsync(missing, unproven, found, ct);
    }

    private async Task AskAsync(List<PostId> missing, Dictionary<PostId, PostSnapshot> unproven, Found found, CancellationToken ct)
    {
        try
        {
            var told = await postService.BatchAsync(missing, ct);
            foreach (var id in missing) found.Posts.Remove(id);
            foreach (var post in told.Posts) found.Posts[post.Id] = post;
            foreach (var counts in told.Counts ?? []) found.Counts[counts.Id] = counts;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            // Nobody can delete while PostService is away: better a post that may be gone than a page that lacks them all.
            foreach (var (id, post) in unproven) found.Posts[id] = post;
            found.Degraded.Add(Degradation.Posts);
        }
    }

    /// <summary>The cards of users who exist; of whom nobody can tell, one that tells nothing.</summary>
    public async Task<Dictionary<UserId, AuthorCard>> AuthorsAsync(IReadOnlyList<UserId> ids, HashSet<string> degraded, CancellationToken ct)
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

    private sealed class Found
    {
        public Dictionary<PostId, PostSnapshot> Posts { get; } = [];

        public Dictionary<PostId, PostCounts> Counts { get; } = [];

        public HashSet<string> Degraded { get; } = [];

        /// <summary>Those of <paramref name="ids"/> that were not looked up yet.</summary>
        public IReadOnlyList<PostId> Unknown(IEnumerable<PostId> ids) => [.. ids.Distinct().Where(id => !Posts.ContainsKey(id))];
    }
}
