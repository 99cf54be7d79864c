using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.TimelineService.Candidates;

namespace Pulse.TimelineService.HomeTimeline;

/// <summary>
/// Whoever is shown a reply is shown what it answers too, if he follows both authors, even when that post's own delivery is late:
/// events overtake each other, and some wait for an outage or in a dead-letter queue. The missing parents become candidates of their own, so they
/// come at their place and by the same rules as everything else; those whose place is on a later page ride there in the cursor.
/// </summary>
internal sealed class LateParents
{
    // As long as a tombstone tells of a delete, and longer than a queue keeps anything: what is missing after that comes no more.
    private static readonly TimeSpan LatestTime = PostKeys.SnapshotLifetime;

    private readonly CandidateSet _set;
    private readonly DateTimeOffset _oldest;
    private readonly SortedSet<long> _owed;

    public LateParents(CandidateSet set, IReadOnlyList<PostId>? owed, DateTimeOffset now)
    {
        _set = set;
        _oldest = now - LatestTime;
        _owed = [.. (owed ?? []).Select(id => id.Value)];
        Candidates = WithOwed();
    }

    /// <summary>What the page is merged from.</summary>
    public CandidateSet Candidates { get; private set; }

    /// <summary>Adds what replies on a page answer and no source has.</summary>
    /// <param name="shown">The posts of the page.</param>
    /// <param name="scanned">Every id that was looked at for it, newest first; those that are not shown were hidden by the rules.</param>
    /// <param name="isLastPage">Whether nothing comes after it.</param>
    /// <returns>Whether the page lacks one of them, and is to be read again with <see cref="Candidates"/>.</returns>
    public bool FindOnPage(List<PostSnapshot> shown, List<long> scanned, bool isLastPage)
    {
        var isOnPage = false;
        foreach (var reply in shown)
        {
            if (reply is not { InReplyTo: { Value: var parent }, InReplyToAuthorId: { } author }) continue;
            if (Snowflake.TimeOf(parent) < _oldest) continue;
            // A reply that somebody else reposted is shown as it is.
            if (!IsHome(author) || !IsHome(reply.AuthorId)) continue;
            if (scanned.Contains(parent) || _set.Sources.Any(source => source.WillShow(parent)) || !_owed.Add(parent)) continue;

            isOnPage |= isLastPage || parent > scanned[^1];
        }

        if (isOnPage) Candidates = WithOwed();
        return isOnPage;
    }

    /// <summary>What a walk that has come to <paramref name="position"/> still has to show.</summary>
    public IReadOnlyList<PostId>? Below(PostId position)
    {
        var below = _owed.Reverse().Where(id => id < position.Value).Take(FeedCursor.MaxOwed).Select(PostId.From).ToList();
        return below.Count == 0 ? null : below;
    }

    private bool IsHome(UserId author) => _set.Viewer.Is(author) || _set.Viewer.Follows(author);

    private CandidateSet WithOwed() =>
        _owed.Count == 0 ? _set : _set with { Sources = [.. _set.Sources, CandidateSource.Owed([.. _owed.Reverse()])] };
}
