using Microsoft.EntityFrameworkCore;

namespace Pulse.PostService.Data;

/// <summary>The verb <c>--migrate</c>: a process of its own that brings the database up to date and leaves.</summary>
internal static partial class Migrator
{
    /// <returns>The exit code.</returns>
    public static async Task<int> MigrateAsync(this WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var logger = scope.ServiceProvider.GetRequiredService<ILogger<PostDbContext>>();
        try
        {
            await scope.ServiceProvider.GetRequiredService<PostDbContext>().Database.MigrateAsync(app.Lifetime.ApplicationStopping);
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

    [LoggerMessage(4001, LogLevel.Information, "The database is up to date")]
    private static partial void LogMigrated(ILogger logger);

    [LoggerMessage(4002, LogLevel.Critical, "The database could not be migrated")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
