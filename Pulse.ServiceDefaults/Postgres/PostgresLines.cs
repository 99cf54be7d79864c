using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Pulse.ServiceDefaults.Liveness;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>A <see cref="PostgresLine"/> for each server and database that this process talks to.</summary>
internal sealed class PostgresLines : IDisposable
{
    private readonly ConcurrentDictionary<string, PostgresLine> _lines = [];

    /// <summary>The same connection by way of a line.</summary>
    /// <returns>Without a line where none can lead: to several hosts, and to one that must prove its name, which is not the line's.</returns>
    public string? Through(string? connectionString)
    {
        if (PostgresPatience.Bound(connectionString) is not { } bound) return null;

        var server = new NpgsqlConnectionStringBuilder(bound);
        if (server.Host is not { Length: > 0 } host || host.Contains(',', StringComparison.Ordinal) || server.SslMode == SslMode.VerifyFull) return bound;

        (server.Host, server.Port) = ("127.0.0.1", LineTo(bound).Port);
        return server.ConnectionString;
    }

    public IReadOnlyCollection<LifeWatch> Watches => [.. _lines.Values.Select(line => line.Watch)];

    public void Dispose()
    {
        foreach (var line in _lines.Values) line.Dispose();
    }

    private PostgresLine LineTo(string bound)
    {
        lock (_lines)
        {
            return _lines.GetOrAdd(bound, static key => new PostgresLine(new NpgsqlConnectionStringBuilder(key), TimeProvider.System));
        }
    }
}

public static class PostgresLineRegistration
{
    /// <summary>Leads the connections of <paramref name="connectionString"/> over a line that breaks when the server falls silent, and limits their patience.</summary>
    /// <returns>The connection string to use instead.</returns>
    public static string? PostgresLine(this IHostApplicationBuilder builder, string? connectionString) => builder.PostgresLines().Through(connectionString);

    /// <summary>The lines of this process. They are there before the container is, because connection strings are.</summary>
    internal static PostgresLines PostgresLines(this IHostApplicationBuilder builder)
    {
        var known = builder.Services.FirstOrDefault(service => service.ServiceType == typeof(LinesBeforehand))?.ImplementationInstance as LinesBeforehand;
        if (known is not null) return known.Lines;

        var lines = new PostgresLines();
        builder.Services.AddSingleton(new LinesBeforehand(lines));
        // By a factory, so that the container disposes of them.
        builder.Services.AddSingleton(_ => lines);
        return lines;
    }

    private sealed record LinesBeforehand(PostgresLines Lines);
}
