using System.Globalization;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

internal static class FailureDescription
{
    public static string Of(Exception failure)
    {
        IReadOnlyCollection<Exception> failures = failure is AggregateException many ? many.InnerExceptions : [failure];
        return string.Join("; ", failures.Select(One).Where(text => text is not null));
    }

    // Only what the bearer may know. Most specific first: several of these derive from others.
    private static string? One(Exception failure) => failure switch
    {
        SecurityTokenInvalidAudienceException e => $"The audience '{e.InvalidAudience ?? "(null)"}' is invalid",
        SecurityTokenInvalidIssuerException e => $"The issuer '{e.InvalidIssuer ?? "(null)"}' is invalid",
        SecurityTokenNoExpirationException => "The token has no expiration",
        SecurityTokenInvalidLifetimeException e => $"The token lifetime is invalid; NotBefore: '{Text(e.NotBefore)}', Expires: '{Text(e.Expires)}'",
        SecurityTokenNotYetValidException e => $"The token is not valid before '{Text(e.NotBefore)}'",
        SecurityTokenExpiredException e => $"The token expired at '{Text(e.Expires)}'",
        SecurityTokenSignatureKeyNotFoundException => "The signature key was not found",
        SecurityTokenInvalidSignatureException => "The signature is invalid",
        _ => null
    };

    private static string Text(DateTime? time) => time?.ToString(CultureInfo.InvariantCulture) ?? "(null)";
}
