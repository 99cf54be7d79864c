using Amazon.Runtime;

namespace Amazon.Wire;

/// <summary>The published defaults modes. AWSSDK.Core asks each service client for its own table.</summary>
internal static class ServiceDefaults
{
    public static readonly IEnumerable<IDefaultConfiguration> Modes =
    [
        Mode(DefaultConfigurationMode.Standard, 3.1),
        Mode(DefaultConfigurationMode.InRegion, 1.1),
        Mode(DefaultConfigurationMode.CrossRegion, 3.1),
        Mode(DefaultConfigurationMode.Mobile, 30)
    ];

    private static DefaultConfiguration Mode(DefaultConfigurationMode mode, double seconds) => new()
    {
        Name = mode,
        RetryMode = RequestRetryMode.Standard,
        ConnectTimeout = TimeSpan.FromSeconds(seconds),
        TlsNegotiationTimeout = TimeSpan.FromSeconds(seconds)
    };
}
