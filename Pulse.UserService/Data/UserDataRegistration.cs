using Microsoft.EntityFrameworkCore.Diagnostics;
using Pulse.ServiceDefaults.Postgres;

namespace Pulse.UserService.Data;

internal static class UserDataRegistration
{
    private const string ConnectionName = "usersdb";

    public static void AddUserData(this WebApplicationBuilder builder)
    {
        builder.AddPostgresDataSource(ConnectionName);
        builder.AddNpgsqlDbContext<UserDbContext>(
            ConnectionName,
            settings =>
            {
                // A retry of a whole transaction is the caller's decision: an outage answers 503, and all writes are idempotent.
                settings.DisableRetry = true;
                settings.ConnectionString = builder.PostgresLine(settings.ConnectionString);
            },
            options =>
            {
                QuietDatabaseErrors.Configure(options);
                // An erasure takes any batch of edges, of a celebrity too, and no query is to sort them for it.
                options.ConfigureWarnings(warnings => warnings.Log((CoreEventId.RowLimitingOperationWithoutOrderByWarning, LogLevel.Debug)));
            });
    }

    /// <summary>Deletes what has expired, in the background.</summary>
    public static void AddExpiredRows(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExpiredRows>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ExpiredRows>());
    }
}
