using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Authentication;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.Gateway.RateLimiting;

/// <summary>Whom a call is counted for.</summary>
internal static class Caller
{
    /// <summary>The user of a valid token, <c>u:42</c>, else the address, <c>a:203.0.113.9</c>.</summary>
    public static async ValueTask<string> OfAsync(HttpContext context, LimitedCall call)
    {
        // Tokens are cheap to whoever guesses passwords or signs up in bulk; an address is not.
        if (call is LimitedCall.Login or LimitedCall.Signup or LimitedCall.Forgot || context.Request.Headers.Authorization.Count == 0) return Address(context.Connection.RemoteIpAddress);

        try
        {
            var authenticated = await context.AuthenticateAsync();
            return authenticated.Principal?.TryGetId() is { } user ? $"u:{user}" : Address(context.Connection.RemoteIpAddress);
        }
        catch (DependencyUnavailableException)
        {
            // The authentication middleware meets the same outage and answers 503.
            return Address(context.Connection.RemoteIpAddress);
        }
    }

    /// <summary>The socket's address, never a header's. An IPv6 caller owns a /64, so that is what is counted.</summary>
    internal static string Address(IPAddress? address)
    {
        if (address is null) return "a:unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return $"a:{address}";

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"a:{new IPAddress(bytes)}/64";
    }
}
