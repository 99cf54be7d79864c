using Pulse.Contracts.Ids;

namespace Pulse.UserService.Blocks;

/// <summary>That one user blocks another; a row of <c>blocks</c>. Never beside a follow of the two, in either direction.</summary>
internal sealed class Block
{
    public required UserId BlockerId { get; init; }

    public required UserId BlockedId { get; init; }

    public required DateTimeOffset Since { get; init; }
}
