using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;

namespace Pulse.UserService.Profiles;

/// <summary>Puts a profile together: the account, its counts, and how the viewer stands to it.</summary>
internal sealed class ProfileReader(UserDbContext db, PostCounts posts, Relationships relationships, IOptions<CelebrityOptions> celebrities)
{
    public Task<UserResponse?> FindAsync(UserId id, UserId? viewer, CancellationToken ct) =>
        CompleteAsync(db.Users.Where(user => user.Id == id), viewer, ct);

    public Task<UserResponse?> FindAsync(string username, UserId? viewer, CancellationToken ct)
    {
        var lower = username.ToLowerInvariant();
        return AccountRules.IsUsername(username)
            ? CompleteAsync(db.Users.Where(user => user.Username.ToLower() == lower), viewer, ct)
            : Task.FromResult<UserResponse?>(null);
    }

    /// <summary>The same with what is nobody else's business.</summary>
    public async Task<UserResponse?> FindOwnAsync(UserId id, CancellationToken ct) =>
        await FindAsync(id, viewer: id, ct) is { } user
            ? user with { EmailVerified = await db.Users.AnyAsync(known => known.Id == id && known.EmailVerifiedAt != null, ct) }
            : null;

    /// <summary>The users of a list, in its order and without their numbers of posts.</summary>
    public async Task<IReadOnlyList<UserResponse>> ListAsync(IReadOnlyList<UserId> ids, UserId? viewer, CancellationToken ct)
    {
        if (ids.Count == 0) return [];

        var users = (await ReadAsync(db.Users.Where(user => ids.Contains(user.Id)), ct)).ToDictionary(user => user.Id);
        var listed = ids.Where(users.ContainsKey).Select(id => users[id]);
        if (viewer is not { } caller) return [.. listed];

        var standing = await relationships.OfAsync(caller, ids, ct);
        return [.. listed.Select(user => user with { Relationship = user.Id == caller ? null : standing[user.Id] })];
    }

    private async Task<UserResponse?> CompleteAsync(IQueryable<Account> query, UserId? viewer, CancellationToken ct)
    {
        // Another's account that is suspended is none.
        var reader = viewer ?? default;
        if (await ReadAsync(query.Where(user => user.Standing != AuthorStanding.Suspended || user.Id == reader), ct) is not [var user]) return null;

        return user with
        {
            PostsCount = await posts.OfAsync(user.Id, ct),
            Relationship = viewer is { } caller && caller != user.Id ? await relationships.OfAsync(caller, user.Id, ct) : null,
        };
    }

    private async Task<List<UserResponse>> ReadAsync(IQueryable<Account> query, CancellationToken ct)
    {
        var rows = await (
            from user in query.AsNoTracking()
            join count in db.FollowerCounts on user.Id equals count.UserId
            select new { user, count.Followers, count.IsCelebrity }).ToListAsync(ct);
        return [.. rows.Select(row => UserResponse.From(row.user, row.Followers, celebrities.Value.IsCelebrity(row.IsCelebrity, row.Followers)))];
    }
}
