using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Internal;

/// <summary>
/// Answer of <c>GET /internal/users/{id}/graph</c>: whom a user follows, and the version of that statement.
/// The version is the <c>ETag</c> too (<c>"42"</c>), so that an unchanged snapshot costs a 304.
/// </summary>
/// <param name="Version">The user's graph version; raised in the transaction of every change.</param>
/// <param name="Followees">In order of id.</param>
public sealed record GraphSnapshot(long Version, IReadOnlyList<Followee> Followees);

/// <summary>One followed user.</summary>
/// <param name="Id">Who is followed.</param>
/// <param name="Since">When the follow was committed.</param>
public sealed record Followee(UserId Id, DateTimeOffset Since);
