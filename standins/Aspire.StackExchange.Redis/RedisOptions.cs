using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

internal static class RedisOptions
{
    // A server that accepts and never answers (paused, swapping) holds the first connect for timeout × retries.
    // The client's own 5 s × 3 would hold every service that asks for the client while the host starts.
    private const int FirstConnectMilliseconds = 1_500;

    public static ConfigurationOptions Create(
        StackExchangeRedisSettings settings, IConfigurationSection section, string connectionName, Action<ConfigurationOptions>? configure)
    {
        var connectionString = settings.ConnectionString;
        var options = connectionString is null ? new ConfigurationOptions() : ConfigurationOptions.Parse(connectionString);

        if (!Names(connectionString, "abortConnect"))
            options.AbortOnConnectFail = false;
        if (!Names(connectionString, "connectTimeout"))
            options.ConnectTimeout = FirstConnectMilliseconds;
        if (!Names(connectionString, "connectRetry"))
            options.ConnectRetry = 1;

        section.GetSection("ConfigurationOptions").Bind(options);
        section.GetSection($"{connectionName}:ConfigurationOptions").Bind(options);
        configure?.Invoke(options);

        return options.EndPoints.Count > 0
            ? options
            : throw new InvalidOperationException(
                $"No endpoints specified. Ensure a valid connection string was provided in 'ConnectionStrings:{connectionName}' or for the '{section.Path}:ConnectionString' configuration key.");
    }

    private static bool Names(string? connectionString, string option) =>
        connectionString?.Contains(option + "=", StringComparison.OrdinalIgnoreCase) == true;
}
