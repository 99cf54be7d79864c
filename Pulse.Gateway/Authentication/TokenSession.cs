using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Pulse.ServiceDefaults.Authentication;

namespace Pulse.Gateway.Authentication;

/// <summary>What a revocation may name of a token: its login and its user, 0 where it has none, and when it was issued, in Unix seconds.</summary>
internal sealed record TokenSession(long Session, long User, long IssuedAt)
{
    // A validated token has one principal for all its requests: the claims are looked through once.
    private static readonly ConditionalWeakTable<ClaimsPrincipal, TokenSession> Known = new();

    public static TokenSession Of(ClaimsPrincipal caller) => Known.GetValue(caller, Read);

    private static TokenSession Read(ClaimsPrincipal caller) => new(Number(caller, TokenContract.Session), Number(caller, TokenContract.Subject), Number(caller, "iat"));

    private static long Number(ClaimsPrincipal caller, string claim) =>
        long.TryParse(caller.FindFirstValue(claim), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
