using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Internal;

/// <summary>
/// Answer of <c>GET /internal/users/{id}/graph</c>: whom a user follows and mutes, between whom and him a block stands, and the version of that statement.
/// The version is the <c>ETag</c> too (<c>"42"</c>), so that an unchanged snapshot costs a 304.
/// </summary>
/// <param name="Version">The user's graph version; raised in the transaction of every change.</param>
/// <param name="Followees">In order of id.</param>
/// <param name="Blocks">Whom he blocks, in order of id; null from a version that knew no blocks.</param>
/// <param name="BlockedBy">Who blocks him, in order of id; null from a version that knew no blocks.</param>
/// <param name="Mutes">Whom he mutes, in order of id; null from a version that knew no mutes. A timed one may have ended since.</param>
public sealed record GraphSnapshot(
    long Version,
    IReadOnlyList<Followee> Followees,
    IReadOnlyList<UserId>? Blocks = null,
    IReadOnlyList<UserId>? BlockedBy = null,
    IReadOnlyList<Mute>? Mutes = null);

/// <summary>One followed user.</summary>
/// <param name="Id">Who is followed.</param>
/// <param name="Since">When the follow was committed.</param>
public sealed record Followee(UserId Id, DateTimeOffset Since);

/// <summary>One muted user.</summary>
/// <param name="Id">Who is muted.</param>
/// <param name="Until">When it ends by itself; null for never.</param>
/// <param name="RepostsOnly">Whether it is for reposts alone.</param>
public sealed record Mute(UserId Id, DateTimeOffset? Until = null, bool RepostsOnly = false)
{
    /// <summary>Whether it has not ended yet.</summary>
    public bool IsInForce(DateTimeOffset now) => Until is not { } end || now < end;
}
