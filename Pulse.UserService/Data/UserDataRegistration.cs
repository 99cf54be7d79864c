using Npgsql;
using Pulse.ServiceDefaults.Postgres;

namespace Pulse.UserService.Data;

internal static class UserDataRegistration
{
    private const string ConnectionName = "usersdb";

    // A request's patience: for a connection, a free one of the pool included, and for one statement.
    private const int ConnectSeconds = 3;
    private const int CommandSeconds = 10;
    private const int PoolSize = 40;

    public static void AddUserData(this WebApplicationBuilder builder)
    {
        builder.AddPostgresDataSource(ConnectionName);
        builder.AddNpgsqlDbContext<UserDbContext>(
            ConnectionName,
            settings =>
            {
                // A retry of a whole transaction is the caller's decision: an outage answers 503, and all writes are idempotent.
                settings.DisableRetry = true;
                settings.CommandTimeout = CommandSeconds;
                settings.ConnectionString = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Timeout = ConnectSeconds, MaxPoolSize = PoolSize }.ConnectionString;
            },
            QuietDatabaseErrors.Configure);
    }
}
