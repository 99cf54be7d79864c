using Pulse.Contracts.Ids;

namespace Pulse.UserService.Counts;

/// <summary>
/// How many follow a user. Written as a row of <c>follower_counts</c>, read from the view <c>follower_totals</c>, which adds what stands in
/// <see cref="FollowerCountDelta"/>. It stands apart from <c>users</c> so that a follow of somebody never touches his account.
/// </summary>
internal sealed class FollowerCount
{
    public required UserId UserId { get; init; }

    public required long Followers { get; set; }

    /// <summary>As of the last change of the count; what is shown is <see cref="Profiles.CelebrityOptions.IsCelebrity"/> of it.</summary>
    public bool IsCelebrity { get; set; }
}

/// <summary>A change of a count that found its row in other hands; a row of <c>follower_count_deltas</c>, until it is folded into the count.</summary>
internal sealed class FollowerCountDelta
{
    public long Id { get; init; }

    public required UserId UserId { get; init; }

    public required long Step { get; init; }
}
