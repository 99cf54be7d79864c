using System.Security.Claims;

namespace Pulse.ServiceDefaults.Authentication;

/// <summary>Says which tokens are refused although their signature is good; asked for every request, so without waiting.</summary>
public interface IRevokedTokens
{
    bool IsRevoked(ClaimsPrincipal caller);
}

/// <summary>For services behind the gateway, which asks for them.</summary>
internal sealed class NothingRevoked : IRevokedTokens
{
    public bool IsRevoked(ClaimsPrincipal caller) => false;
}
