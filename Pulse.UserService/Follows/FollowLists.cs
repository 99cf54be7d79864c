using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Follows;

/// <summary>Who follows a user and whom a user follows, the newest accounts first; without those who are suspended or kept apart from the viewer by a block.</summary>
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
        var ids = await Visible(list, viewer).Where(id => id < after).OrderByDescending(id => id).Take(page.Limit + 1).ToListAsync(ct);
        var hasMore = ids.Count > page.Limit;
        var shown = ids.Take(page.Limit).ToList();
        return new UsersPage(
            await profiles.ListAsync(shown, viewer, ct),
            hasMore ? new KeysetCursor(shown[^1].Value).Encode() : null,
            hasMore);
    }

    // In the query and not on its answer: a page is full unless it is the last.
    private IQueryable<UserId> Visible(IQueryable<UserId> list, UserId? viewer)
    {
        var known = list.Where(id => !db.Users.Any(user => user.Id == id && user.Standing == AuthorStanding.Suspended));
        return viewer is not { } caller
            ? known
            : known
                .Where(id => !db.Blocks.Any(block => block.BlockerId == caller && block.BlockedId == id))
                .Where(id => !db.Blocks.Any(block => block.BlockerId == id && block.BlockedId == caller));
    }
}

/// <summary>A page of users.</summary>
public sealed record UsersPage(IReadOnlyList<UserResponse> Users, string? NextCursor, bool HasMore);
