using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>The verb <c>--migrate</c> of a service: a process that brings its database up to date and leaves. Side by side is safe: EF takes a lock.</summary>
public static partial class MigrateVerb
{
    // An index on a large table takes its time; a request's patience is no measure for it.
    private static readonly TimeSpan StatementTime = TimeSpan.FromHours(1);

    /// <summary>Whether the command line asks for it.</summary>
    public static bool IsAskedFor(string[] args) => args.Contains("--migrate");

    /// <returns>The exit code.</returns>
    public static async Task<int> MigrateAsync<TContext>(this WebApplication app)
        where TContext : DbContext
    {
        await using var scope = app.Services.CreateAsyncScope();
        var logger = scope.ServiceProvider.GetRequiredService<ILogger<TContext>>();
        try
        {
            var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
            database.SetCommandTimeout(StatementTime);
            await database.MigrateAsync(app.Lifetime.ApplicationStopping);
            LogMigrated(logger);
            return 0;
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
            return 1;
        }
        finally
        {
            // The exporters send what they hold when they are disposed.
            await app.DisposeAsync();
        }
    }

    [LoggerMessage(1401, LogLevel.Information, "The database is up to date")]
    private static partial void LogMigrated(ILogger logger);

    [LoggerMessage(1402, LogLevel.Critical, "The database could not be migrated")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
