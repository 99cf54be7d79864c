using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Pulse.Gateway.Protection;

/// <summary>Who may say for whom a request comes.</summary>
internal sealed class TrustedProxyOptions
{
    public const string Section = "ForwardedHeaders";

    /// <summary>Addresses of load balancers in front of the gateway.</summary>
    public string[] KnownProxies { get; init; } = [];

    /// <summary>Their networks, such as <c>10.0.0.0/16</c>.</summary>
    public string[] KnownNetworks { get; init; } = [];

    internal bool AreAddresses() => KnownProxies.All(proxy => IPAddress.TryParse(proxy, out _)) && KnownNetworks.All(network => IPNetwork.TryParse(network, out _));
}

/// <summary>
/// <c>X-Forwarded-For</c> and <c>-Proto</c> of a trusted proxy become the request's address and scheme, up to the first address that is not
/// trusted. From anybody else they are ignored; no one's are passed on.
/// </summary>
internal static class TrustedProxies
{
    public static void AddTrustedProxies(this WebApplicationBuilder builder) =>
        builder.Services.AddOptions<TrustedProxyOptions>().BindConfiguration(TrustedProxyOptions.Section)
            .Validate(options => options.AreAddresses(), "ForwardedHeaders:KnownProxies takes addresses, ForwardedHeaders:KnownNetworks networks such as 10.0.0.0/16.")
            .ValidateOnStart();

    public static void UseTrustedProxies(this WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<IOptions<TrustedProxyOptions>>().Value;
        if (trusted is { KnownProxies.Length: 0, KnownNetworks.Length: 0 }) return;

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        // The framework trusts the loopback address unless told otherwise.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in trusted.KnownProxies) options.KnownProxies.Add(IPAddress.Parse(proxy));
        foreach (var network in trusted.KnownNetworks) options.KnownIPNetworks.Add(IPNetwork.Parse(network));
        app.UseForwardedHeaders(options);
    }
}
