using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Redis;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;
using StackExchange.Redis;

namespace Pulse.UserService.Graph;

/// <summary>
/// The published key <see cref="UserKeys.Card"/>: forgotten before a change of what the card shows commits, written after it, written again by
/// the relay before the event leaves. Whoever writes, a change or a reader's fill, replaces only an older version, so the last word is the newest.
/// </summary>
internal sealed class AuthorCards(UserDbContext db, RedisCircuit redis, IOptions<CelebrityOptions> celebrities)
{
    // A card of an old encoding has no version and gives way to any.
    private const string SetIfNewer =
        """
        local current = redis.call('GET', KEYS[1])
        if current then
            local read, card = pcall(cjson.decode, current)
            if read and type(card) == 'table' and (tonumber(card.version) or 0) >= tonumber(ARGV[2]) then return 0 end
        end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
        return 1
        """;

    private static readonly RedisValue LifetimeMilliseconds = (long)UserKeys.CardLifetime.TotalMilliseconds;

    /// <summary>The cards of those who exist; they stand in Redis afterwards, if it is there.</summary>
    public async Task<IReadOnlyList<AuthorCard>> FillAsync(IReadOnlyList<UserId> ids, CancellationToken ct)
    {
        var cards = await ReadAsync(ids, ct);
        await WriteAsync(cards, ct);

        // Changed since the query: the newer version keeps such a card out, unless Redis lost it in that moment.
        var current = await ReadAsync(ids, ct);
        if (cards.ToHashSet().SetEquals(current)) return cards;

        foreach (var gone in cards.Select(card => card.Id).Except(current.Select(card => card.Id))) await ForgetAsync(gone, ct);
        await WriteAsync(current, ct);
        return current;
    }

    /// <summary>Call before the commit of a change: whoever misses the key asks this service.</summary>
    public Task ForgetAsync(UserId user, CancellationToken ct) => redis.TryRunAsync(db => db.KeyDeleteAsync(UserKeys.Card(user)), ct);

    /// <summary>Call after the commit of a change that raised the version.</summary>
    /// <returns>False when Redis is away.</returns>
    public async Task<bool> PublishAsync(IReadOnlyList<UserId> users, CancellationToken ct) => await WriteAsync(await ReadAsync(users, ct), ct);

    /// <summary>
    /// Call after the commit of a change of what the card shows that stands elsewhere than in the account: a count that crossed the celebrity limit.
    /// Not in its transaction, which may not lock an account after a count. Whoever raises last reads what all before him have committed.
    /// </summary>
    public async Task RaiseAsync(UserId user, CancellationToken ct)
    {
        await db.Users.Where(account => account.Id == user).ExecuteUpdateAsync(set => set.SetProperty(account => account.CardVersion, account => account.CardVersion + 1), ct);
        await PublishAsync([user], ct);
    }

    private async Task<List<AuthorCard>> ReadAsync(IReadOnlyList<UserId> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];

        var rows = await (
            from user in db.Users
            join count in db.FollowerCounts on user.Id equals count.UserId
            where ids.Contains(user.Id)
            select new
            {
                user.Id,
                user.Username,
                user.DisplayName,
                user.AvatarUrl,
                user.IsPrivate,
                user.Standing,
                user.CardVersion,
                count.Followers,
                count.IsCelebrity,
            }).ToListAsync(ct);
        return
        [
            .. rows.Select(row => new AuthorCard(
                row.Id,
                row.Username,
                row.DisplayName,
                row.AvatarUrl,
                celebrities.Value.IsCelebrity(row.IsCelebrity, row.Followers),
                row.IsPrivate,
                row.Standing,
                row.CardVersion)),
        ];
    }

    private async Task<bool> WriteAsync(List<AuthorCard> cards, CancellationToken ct) =>
        cards.Count == 0 || await redis.TryRunAsync(
            cache => Task.WhenAll(cards.Select(card => cache.ScriptEvaluateAsync(
                SetIfNewer, [UserKeys.Card(card.Id)], [card.Encode(), card.Version, LifetimeMilliseconds]))),
            ct);
}
