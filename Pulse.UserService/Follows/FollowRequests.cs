using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Follows;

/// <summary>The requests that wait for an account's answer, and those that need none any more because the account is public.</summary>
internal sealed class FollowRequests(UserDbContext db, FollowGraph graph, ProfileReader profiles)
{
    /// <summary>Who asks to follow <paramref name="target"/>, the newest request first.</summary>
    public async Task<UsersPage> PageAsync(UserId target, PageRequest page, CancellationToken ct)
    {
        var before = page.After?.Value ?? long.MaxValue;
        // One more than asked for tells whether there is a next page.
        var rows = await db.FollowRequests
            .Where(request => request.TargetId == target && request.Id < before)
            .Where(request => db.Users.Any(user => user.Id == request.RequesterId && user.Standing != AuthorStanding.Suspended))
            .OrderByDescending(request => request.Id)
            .Select(request => new { request.Id, request.RequesterId })
            .Take(page.Limit + 1)
            .ToListAsync(ct);
        var hasMore = rows.Count > page.Limit;
        var shown = rows.Take(page.Limit).ToList();
        return new UsersPage(
            await profiles.ListAsync(shown.ConvertAll(row => row.RequesterId), target, ct),
            hasMore ? new KeysetCursor(shown[^1].Id).Encode() : null,
            hasMore);
    }

    /// <summary>Accepts requests to public accounts, the oldest first.</summary>
    /// <param name="target">Whose; null for everybody's.</param>
    /// <param name="limit">The most.</param>
    /// <param name="ct">Ends it between two of them.</param>
    /// <returns>How many there were; as many as the limit means that there may be more.</returns>
    public async Task<int> AcceptPublicAsync(UserId? target, int limit, CancellationToken ct)
    {
        var waiting = db.FollowRequests.Where(request => db.Users.Any(user => user.Id == request.TargetId && !user.IsPrivate));
        if (target is { } account) waiting = waiting.Where(request => request.TargetId == account);
        var found = await waiting.OrderBy(request => request.Id).Select(request => new { request.RequesterId, request.TargetId }).Take(limit).ToListAsync(ct);
        foreach (var request in found)
        {
            ct.ThrowIfCancellationRequested();
            // Somebody else may have answered it meanwhile, which is as good.
            await graph.AcceptAsync(request.RequesterId, request.TargetId, ct);
            db.ChangeTracker.Clear();
        }

        return found.Count;
    }
}
