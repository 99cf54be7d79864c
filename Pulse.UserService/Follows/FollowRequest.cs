using Pulse.Contracts.Ids;

namespace Pulse.UserService.Follows;

/// <summary>That one user asked to follow another, whose account is private; a row of <c>follow_requests</c>. Never beside a follow or a block of the two.</summary>
internal sealed class FollowRequest
{
    /// <summary>Orders them by time, and is the cursor of their list.</summary>
    public required long Id { get; init; }

    public required UserId RequesterId { get; init; }

    public required UserId TargetId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What <see cref="Follow.Notify"/> will be.</summary>
    public bool Notify { get; init; }
}
