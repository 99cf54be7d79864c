using Microsoft.IdentityModel.Tokens;

namespace Pulse.ServiceDefaults.Authentication;

/// <summary>The public keys that access tokens are checked with.</summary>
public interface ISigningKeys
{
    /// <summary>The keys at hand, without waiting.</summary>
    IReadOnlyCollection<SecurityKey> Current { get; }

    /// <summary>Makes sure that <paramref name="keyId"/> is at hand if its owner knows it at all.</summary>
    /// <exception cref="Problems.DependencyUnavailableException">Nothing is at hand and the owner does not answer.</exception>
    ValueTask EnsureAsync(string? keyId, CancellationToken ct);
}
