using System.Security.Cryptography;
using Aspire.Hosting.ResourceService;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard's addresses and secrets, under the configuration keys of Aspire.</summary>
internal sealed record DashboardConfiguration(string? Executable, string? FrontendUrl, string? OtlpGrpcUrl, string? OtlpHttpUrl, string BrowserToken, string OtlpApiKey, string ApiKey, string? ResourceServiceUrl, string ResourceServiceKey)
{
    public const string ExecutableKey = "ASPIRE_DASHBOARD_PATH";
    public const string FrontendKey = "ASPNETCORE_URLS";
    public const string OtlpGrpcKey = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    public const string OtlpHttpKey = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    private const string DisabledKey = "AppHost:DashboardDisabled";

    /// <summary>True once an executable and both addresses are known.</summary>
    public bool IsPresent => Executable is not null && FrontendUrl is not null && OtlpGrpcUrl is not null;

    public static void AddDefaults(IConfigurationManager configuration, bool disabled)
    {
        foreach (var key in (string[])["AppHost:BrowserToken", "AppHost:OtlpApiKey", "AppHost:DashboardApiKey", ResourceServiceHost.ApiKeyKey])
            configuration[key] ??= RandomNumberGenerator.GetHexString(32, lowercase: true);

        if (disabled) configuration[DisabledKey] = "true";
    }

    public static DashboardConfiguration Read(IConfiguration configuration) => new(
        configuration[DisabledKey] is "true" || configuration[ExecutableKey] is not { Length: > 0 } path || !File.Exists(path) ? null : path,
        configuration[FrontendKey],
        configuration[OtlpGrpcKey],
        configuration[OtlpHttpKey],
        configuration["AppHost:BrowserToken"]!,
        configuration["AppHost:OtlpApiKey"]!,
        configuration["AppHost:DashboardApiKey"]!,
        configuration[ResourceServiceHost.UrlKey],
        configuration[ResourceServiceHost.ApiKeyKey]!);
}
