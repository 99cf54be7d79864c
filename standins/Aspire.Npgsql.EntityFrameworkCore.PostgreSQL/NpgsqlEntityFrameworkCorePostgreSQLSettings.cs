namespace Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;

/// <summary>How an application wants its context registered; bound from <c>Aspire:Npgsql:EntityFrameworkCore:PostgreSQL[:{Context}]</c>.</summary>
public sealed class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{name}</c> wins over the settings section.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves the provider's retrying execution strategy out.</summary>
    public bool DisableRetry { get; set; }

    /// <summary>Leaves the health check out.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Leaves the spans of Npgsql out.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Leaves the metrics of Npgsql out.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>Seconds a command may take; null keeps the provider's default.</summary>
    public int? CommandTimeout { get; set; }
}
