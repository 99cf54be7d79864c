using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Internal;

/// <summary>Answer of <c>GET /internal/revocations?after=</c>: what was revoked behind a cursor, in order of id; read on while it is full.</summary>
/// <param name="LastId">The greatest id ever given. Below the reader's cursor it says that the log is another one than the cursor's: begin anew.</param>
/// <param name="Revocations">At most <see cref="MaxRows"/>.</param>
public sealed record RevocationPage(long LastId, IReadOnlyList<Revocation> Revocations)
{
    public const int MaxRows = 1000;
}

/// <summary>Access tokens that are good no more although their signature is.</summary>
/// <param name="Id">The cursor behind this row.</param>
/// <param name="Session">Those whose claim <c>sid</c> this is, if set.</param>
/// <param name="UserId">Those of this user that were issued until <paramref name="At"/>, if set.</param>
/// <param name="At">When it was revoked.</param>
/// <param name="ExpiresAt">When the last of these tokens has expired and the row may be forgotten.</param>
public sealed record Revocation(long Id, long? Session, UserId? UserId, DateTimeOffset At, DateTimeOffset ExpiresAt);
