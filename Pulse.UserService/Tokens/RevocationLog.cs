using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.UserService.Data;

namespace Pulse.UserService.Tokens;

/// <summary>A row of <c>revocations</c>: a login, or all that a user had so far, whose access tokens are good no more.</summary>
internal sealed class RevocationRow
{
    /// <summary>In the order of commits.</summary>
    public required long Id { get; init; }

    /// <summary>A family of refresh tokens, which access tokens name as <c>sid</c>.</summary>
    public long? Session { get; init; }

    public UserId? UserId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>When no access token that this is about can be good any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>
/// What gateways must refuse although its signature is good; they follow it by <see cref="ReadAsync"/>. Add the rows last in the
/// transaction of what revokes: adding takes a lock that only the commit gives back, so that ids are in the order of commits, and
/// a follower that has seen one id has seen all below it.
/// </summary>
internal sealed class RevocationLog(UserDbContext db, NpgsqlDataSource source, IOptions<TokenOptions> options, TimeProvider clock)
{
    private const long CommitLock = 0x50554C53_5245564F;

    // What the checks of a token forgive, and then some.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Ends logins; within the caller's transaction, as its last statement.</summary>
    public async Task AddSessionsAsync(IReadOnlyCollection<long> families, CancellationToken ct)
    {
        if (families.Count == 0) return;

        var (sessions, now, expiresAt) = await BeginAsync([.. families], ct);
        await db.Database.ExecuteSqlAsync($"INSERT INTO revocations (session, at, expires_at) SELECT family, {now}, {expiresAt} FROM unnest({sessions}) AS family", ct);
    }

    /// <summary>Ends every login that a user has now, and none that he begins later; within the caller's transaction, as its last statement.</summary>
    public async Task AddUserAsync(UserId user, CancellationToken ct)
    {
        var (_, now, expiresAt) = await BeginAsync([], ct);
        await db.Database.ExecuteSqlAsync($"INSERT INTO revocations (user_id, at, expires_at) VALUES ({user.Value}, {now}, {expiresAt})", ct);
    }

    /// <summary>A page of the rows behind <paramref name="after"/>.</summary>
    public async Task<RevocationPage> ReadAsync(long after, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM revocation_ids), known.*
            FROM (SELECT) AS one
            LEFT JOIN LATERAL (SELECT id, session, user_id, at, expires_at FROM revocations WHERE id > $1 ORDER BY id LIMIT $2) AS known ON true
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = RevocationPage.MaxRows });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Revocation> rows = [];
        var last = 0L;
        while (await reader.ReadAsync(ct))
        {
            last = reader.GetInt64(0);
            if (reader.IsDBNull(1)) continue;

            rows.Add(new Revocation(
                reader.GetInt64(1),
                reader.IsDBNull(2) ? null : reader.GetInt64(2),
                reader.IsDBNull(3) ? null : new UserId(reader.GetInt64(3)),
                reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return new RevocationPage(last, rows);
    }

    private async Task<(long[] Families, DateTimeOffset Now, DateTimeOffset ExpiresAt)> BeginAsync(long[] families, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is null) throw new InvalidOperationException("A revocation belongs into the transaction of what revokes.");

        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({CommitLock})", ct);
        var now = clock.GetUtcNow();
        return (families, now, now + options.Value.AccessLifetime + Skew);
    }
}
