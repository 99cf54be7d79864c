using Microsoft.EntityFrameworkCore;

namespace Pulse.UserService.Data;

/// <summary>The verb <c>--migrate</c>: brings the database to the newest migration and leaves with 0, or with 1 and an error in the log.</summary>
internal sealed partial class UserMigrator(UserDbContext db, ILogger<UserMigrator> logger)
{
    public static async Task<int> RunAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<UserMigrator>(scope.ServiceProvider).MigrateAsync(ct) ? 0 : 1;
    }

    private async Task<bool> MigrateAsync(CancellationToken ct)
    {
        try
        {
            await db.Database.MigrateAsync(ct);
            LogMigrated();
            return true;
        }
        catch (Exception exception)
        {
            LogFailed(exception);
            return false;
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "The users database is up to date")]
    private partial void LogMigrated();

    [LoggerMessage(3002, LogLevel.Error, "The users database could not be migrated")]
    private partial void LogFailed(Exception exception);
}
