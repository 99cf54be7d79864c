using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Follows;

/// <summary>Who follows a user and whom a user follows, the newest accounts first.</summary>
internal sealed class FollowLists(UserDbContext db, ProfileReader profiles)
{
    public Task<UsersPage> FollowersAsync(UserId user, PageRequest page, UserId? viewer, CancellationToken ct) =>
        PageAsync(db.Follows.Where(follow => follow.FolloweeId == user).Select(follow => follow.FollowerId), page, viewer, ct);

    public Task<UsersPage> FollowingAsync(UserId user, PageRequest page, UserId? viewer, CancellationToken ct) =>
        PageAsync(db.Follows.Where(follow => follow.FollowerId == user).Select(follow => follow.FolloweeId), page, viewer, ct);

    private async Task<UsersPage> PageAsync(IQueryable<UserId> list, PageRequest page, UserId? viewer, CancellationToken ct)
    {
        var after = page.After ?? new UserId(long.MaxValue);
        // One more than asked for tells whether there is a next page.
        var ids = await list.Where(id => id < after).OrderByDescending(id => id).Take(page.Limit + 1).ToListAsync(ct);
        var hasMore = ids.Count > page.Limit;
        var shown = ids.Take(page.Limit).ToList();
        return new UsersPage(
            await profiles.ListAsync(shown, viewer, ct),
            hasMore ? new KeysetCursor(shown[^1].Value).Encode() : null,
            hasMore);
    }
}

/// <summary>A page of users.</summary>
public sealed record UsersPage(IReadOnlyList<UserResponse> Users, string? NextCursor, bool HasMore);
