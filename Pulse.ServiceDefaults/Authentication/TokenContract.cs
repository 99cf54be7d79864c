namespace Pulse.ServiceDefaults.Authentication;

/// <summary>What an access token says and who may have said it.</summary>
public static class TokenContract
{
    public const string Issuer = "pulse";
    public const string Audience = "pulse-api";
    public const string Algorithm = "ES256";

    /// <summary>Claim: the user's id.</summary>
    public const string Subject = "sub";

    /// <summary>Claim: the user's name at the time of signing.</summary>
    public const string Username = "username";

    /// <summary>Claim: the role, where it is more than a user's; <see cref="AdminRole"/>.</summary>
    public const string Role = "role";

    /// <summary>May call <c>/v1/admin</c>; the name of the policy too.</summary>
    public const string AdminRole = "admin";

    /// <summary>Claim: the login, which is a family of refresh tokens.</summary>
    public const string Session = "sid";

    /// <summary>Path of the signing keys, served by UserService.</summary>
    public const string KeysPath = "/.well-known/jwks.json";
}
