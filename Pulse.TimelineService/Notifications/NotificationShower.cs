using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Timelines.Notifications;
using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Rules;
using Pulse.Visibility;

namespace Pulse.TimelineService.Notifications;

/// <summary>A notification that its reader may see.</summary>
/// <param name="Group">As it stands in his box.</param>
/// <param name="Actors">The newest who are shown; never none.</param>
/// <param name="Newest">The act of the first of them.</param>
/// <param name="ActorsCount">All of them.</param>
/// <param name="Post">What it is about, without his marks; null where it is about no post.</param>
internal sealed record ShownNotification(NotificationGroup Group, IReadOnlyList<AuthorCard> Actors, ToldAct Newest, int ActorsCount, ShownPost? Post)
{
    public bool IsUnread(long readUpTo) => Newest.Number > readUpTo;
}

/// <summary>From what stands in a box to what its reader may see of it now: who is suspended or gone has done nothing, and what cannot be seen is not told.</summary>
internal sealed class NotificationShower(PostHydrator hydrator, TimeProvider clock)
{
    private const int MaxActors = 3;

    // Actors that are looked at: mostly the first few are shown. Behind a wave of accounts that were suspended the one that counts may be far away.
    private static readonly int[] Looks = [5, 50, NotificationBoxes.MaxActs];

    /// <summary>Those of <paramref name="groups"/> that may be seen, in their order.</summary>
    public async Task<List<ShownNotification>> ShowAsync(ViewerGraph viewer, IReadOnlyList<NotificationGroup> groups, HashSet<string> degraded, CancellationToken ct)
    {
        var hydrated = await hydrator.HydrateAsync([.. groups.Where(group => IsAboutAPost(group.Kind)).Select(group => group.Subject).Distinct()], ct);
        degraded.UnionWith(hydrated.Degraded);
        var now = clock.GetUtcNow();
        var candidates = groups
            .Select(group => new Candidate(group, IsAboutAPost(group.Kind) ? Post(group, hydrated, viewer, now) : null))
            .Where(candidate => candidate.Post is not null || !IsAboutAPost(candidate.Group.Kind))
            .ToList();

        Dictionary<UserId, AuthorCard> cards = new(hydrated.Authors);
        foreach (var look in Looks)
        {
            // No card is an answer too.
            var asked = candidates.Where(candidate => !candidate.IsFull).SelectMany(candidate => candidate.Next(look)).Distinct().ToList();
            if (asked.Count == 0) break;

            foreach (var (id, card) in await hydrator.AuthorsAsync([.. asked.Where(actor => !cards.ContainsKey(actor))], degraded, ct)) cards[id] = card;
            foreach (var candidate in candidates.Where(candidate => !candidate.IsFull)) candidate.Look(look, cards, viewer, now);
        }

        return [.. candidates.Where(candidate => candidate.Actors.Count > 0).Select(candidate => candidate.Show())];
    }

    private static bool IsAboutAPost(NotificationKind kind) => kind is not (NotificationKind.Follow or NotificationKind.FollowRequest or NotificationKind.FollowAccepted);

    private static ShownPost? Post(NotificationGroup group, Hydration hydrated, ViewerGraph viewer, DateTimeOffset now) =>
        hydrated.Find(new PostId(group.Subject)) is { } post && NotificationRules.MayShow(viewer, post.Post, post.Author) ? QuoteRules.WithQuote(post, hydrated, viewer, now) : null;

    private sealed class Candidate(NotificationGroup group, ShownPost? post)
    {
        private int _looked;
        private int _hidden;
        private ToldAct _newest;

        public NotificationGroup Group => group;

        public ShownPost? Post => post;

        public List<AuthorCard> Actors { get; } = [];

        public bool IsFull => Actors.Count == MaxActors || _looked == group.Acts.Count;

        public IEnumerable<UserId> Next(int look) => group.Acts.Take(look).Skip(_looked).Select(act => act.Actor);

        public void Look(int look, Dictionary<UserId, AuthorCard> cards, ViewerGraph viewer, DateTimeOffset now)
        {
            for (; _looked < Math.Min(look, group.Acts.Count); _looked++)
            {
                var act = group.Acts[_looked];
                if (!cards.TryGetValue(act.Actor, out var card) || !NotificationRules.MayNotify(viewer, card, group.Kind, now))
                {
                    _hidden++;
                    continue;
                }

                if (Actors.Count == 0) _newest = act;
                if (Actors.Count < MaxActors) Actors.Add(card);
            }
        }

        public ShownNotification Show() => new(group, Actors, _newest, group.Acts.Count - _hidden, post);
    }
}
