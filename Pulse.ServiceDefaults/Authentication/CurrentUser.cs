using System.Security.Claims;
using Pulse.Contracts.Ids;

namespace Pulse.ServiceDefaults.Authentication;

/// <summary>Reads the caller out of a validated token.</summary>
public static class CurrentUser
{
    /// <summary>The caller's id.</summary>
    /// <exception cref="InvalidOperationException">The endpoint let an anonymous caller through.</exception>
    public static UserId Id(this ClaimsPrincipal principal) =>
        principal.TryGetId() ?? throw new InvalidOperationException("The endpoint needs a caller but does not require a token.");

    /// <summary>The caller's id, or null on an open endpoint called without a token.</summary>
    public static UserId? TryGetId(this ClaimsPrincipal principal) =>
        UserId.TryParse(principal.FindFirstValue(TokenContract.Subject), provider: null, out var id) ? id : null;
}
