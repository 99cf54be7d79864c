using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Internal;

/// <summary>
/// Body of <c>POST /internal/admin/users/{id}/suspend</c>, <c>/limit</c> and <c>/restore</c>: what an administrator decided about a user elsewhere. May be sent again.
/// </summary>
/// <param name="Id">The decision, a snowflake: obeyed once, and of two decisions the greater one is later.</param>
/// <param name="AdminId">Who decided.</param>
/// <param name="Reason">Why, as far as it was said.</param>
public sealed record StandingOrder(long Id, UserId AdminId, string? Reason = null);

/// <summary>Its answer. A status that says the same would not differ from that of a version without this call.</summary>
public sealed record StandingOrderAnswer(StandingOrderOutcome Outcome);

/// <summary>What became of an order.</summary>
public enum StandingOrderOutcome
{
    Done,

    /// <summary>The account is gone.</summary>
    UnknownUser,

    /// <summary>It is that of an administrator, who is out of reach.</summary>
    Protected,
}
