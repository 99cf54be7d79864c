using Microsoft.AspNetCore.Mvc;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;

namespace Pulse.UserService.Follows;

/// <summary>Query of a list call, as it came.</summary>
/// <param name="Cursor">The <c>next_cursor</c> of the page before.</param>
/// <param name="Limit">1 to 100, default 20.</param>
public sealed record PageQuery([FromQuery(Name = "cursor")] string? Cursor, [FromQuery(Name = "limit")] string? Limit);

/// <summary>A checked <see cref="PageQuery"/>.</summary>
internal sealed record PageRequest(UserId? After, int Limit)
{
    /// <summary>Reads a query, or tells every mistake in it.</summary>
    public static PageRequest? Read(PageQuery query, out IDictionary<string, string[]> errors)
    {
        errors = new Dictionary<string, string[]>();
        UserId? after = null;
        var limit = ReadLimit(query, errors);
        if (query.Cursor is not null)
        {
            if (KeysetCursor.TryDecode(query.Cursor, out var cursor)) after = new UserId(cursor.Last);
            else errors["cursor"] = ["The cursor is not one that this list gave out."];
        }

        return errors.Count == 0 ? new PageRequest(after, limit) : null;
    }

    /// <summary>The limit of a query; a wrong one goes to <paramref name="errors"/>.</summary>
    public static int ReadLimit(PageQuery query, IDictionary<string, string[]> errors)
    {
        if (!PageLimit.TryRead(query.Limit, PageLimit.Default, out var limit)) errors["limit"] = [PageLimit.Expected];
        return limit;
    }
}
