using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.UserService.Follows;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Discovery;

/// <summary>A user at his place in a ranked list; the columns of its query have these names.</summary>
internal sealed record RankedUser(long Id, long Rank, long Weight);

/// <summary>A checked query of a ranked list.</summary>
internal sealed record RankedPageRequest(RankCursor After, int Limit)
{
    /// <summary>Reads a query, or adds every mistake in it to <paramref name="errors"/>.</summary>
    public static RankedPageRequest? Read(PageQuery query, IDictionary<string, string[]> errors)
    {
        var limit = PageRequest.ReadLimit(query, errors);
        var after = RankCursor.Start;
        if (query.Cursor is not null && !RankCursor.TryDecode(query.Cursor, out after)) errors["cursor"] = ["The cursor is not one that this list gave out."];
        return errors.Count == 0 ? new RankedPageRequest(after, limit) : null;
    }

    /// <summary>How many rows to ask for: one more than shown tells whether there is a next page.</summary>
    public int Wanted => Limit + 1;

    /// <summary>Shows what was found.</summary>
    public async Task<UsersPage> PresentAsync(IReadOnlyList<RankedUser> found, UserId viewer, ProfileReader profiles, CancellationToken ct)
    {
        var hasMore = found.Count > Limit;
        List<RankedUser> shown = [.. found.Take(Limit)];
        return new UsersPage(
            await profiles.ListAsync([.. shown.Select(user => new UserId(user.Id))], viewer, ct),
            hasMore ? new RankCursor(shown[^1].Rank, shown[^1].Weight, shown[^1].Id).Encode() : null,
            hasMore);
    }
}
