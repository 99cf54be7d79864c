using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.UserService.Data;

namespace Pulse.UserService.Discovery;

/// <summary>What suggestions are made of.</summary>
internal sealed class SuggestionOptions
{
    public const string Section = "Suggestions";

    /// <summary>How long the popular users are taken for the most popular.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PopularFor { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// The users with the most followers, read anew once in a while: an index on a count that changes with every follow would cost each follow
/// more than this scan costs a minute.
/// </summary>
internal sealed class PopularUsers(IOptions<SuggestionOptions> options, TimeProvider clock) : IDisposable
{
    private const int Count = 300;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Known? _known;

    /// <summary>Their ids, in no order.</summary>
    public async Task<long[]> ReadAsync(UserDbContext db, CancellationToken ct)
    {
        if (Fresh() is { } known) return known;

        await _reading.WaitAsync(ct);
        try
        {
            if (Fresh() is { } others) return others;

            var ids = await db.FollowerCounts.OrderByDescending(count => count.Followers).Take(Count).Select(count => count.UserId).ToListAsync(ct);
            _known = new Known([.. ids.Select(id => id.Value)], clock.GetUtcNow());
            return _known.Ids;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private long[]? Fresh() => _known is { } known && clock.GetUtcNow() - known.At < options.Value.PopularFor ? known.Ids : null;

    private sealed record Known(long[] Ids, DateTimeOffset At);
}
