namespace Aspire.StackExchange.Redis;

/// <summary>How an application wants its Redis client registered; bound from <c>Aspire:StackExchange:Redis</c>.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{name}</c> wins over the settings section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves the health check out.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Leaves the instrumentation of commands out. Without effect here: client 1.2.6 has no hook to trace commands with.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Connects on first use and not at host start.</summary>
    public bool DisableAutoActivation { get; set; }
}
