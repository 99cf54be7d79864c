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
/// The published key <see cref="UserKeys.Card"/>. A reader's fill never replaces what stands there; a change of what the
/// card shows does, after its commit, so a fill that read the old row cannot win.
/// </summary>
internal sealed class AuthorCards(UserDbContext db, RedisCircuit redis, IOptions<CelebrityOptions> celebrities)
{
    /// <summary>The cards of those who exist; they stand in Redis afterwards, if it is there.</summary>
    public async Task<IReadOnlyList<AuthorCard>> FillAsync(IReadOnlyList<UserId> ids, CancellationToken ct)
    {
        var cards = await ReadAsync(ids, ct);
        await WriteAsync(cards, When.NotExists, ct);
        return cards;
    }

    /// <summary>Call after the commit of a change of what the card shows.</summary>
    public async Task RewriteAsync(UserId user, CancellationToken ct)
    {
        // Two changes at once may read in one order and write in the other. Whoever wrote last looks once more, so the last word is true.
        for (var cards = await ReadAsync([user], ct); ;)
        {
            await WriteAsync(cards, When.Always, ct);
            var now = await ReadAsync([user], ct);
            if (now.SequenceEqual(cards)) return;

            cards = now;
        }
    }

    private async Task<List<AuthorCard>> ReadAsync(IReadOnlyList<UserId> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];

        var rows = await (
            from user in db.Users
            join count in db.FollowerCounts on user.Id equals count.UserId
            where ids.Contains(user.Id)
            select new { user.Id, user.Username, user.DisplayName, user.AvatarUrl, count.Followers, count.IsCelebrity }).ToListAsync(ct);
        return [.. rows.Select(row => new AuthorCard(row.Id, row.Username, row.DisplayName, row.AvatarUrl, celebrities.Value.IsCelebrity(row.IsCelebrity, row.Followers)))];
    }

    private async Task WriteAsync(List<AuthorCard> cards, When when, CancellationToken ct)
    {
        if (cards.Count == 0) return;

        await redis.TryRunAsync(
            cache => Task.WhenAll(cards.Select(card => cache.StringSetAsync(UserKeys.Card(card.Id), card.Encode(), UserKeys.CardLifetime, when))),
            ct);
    }
}
