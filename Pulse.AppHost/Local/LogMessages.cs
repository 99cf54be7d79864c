using Microsoft.Extensions.Logging;

namespace Pulse.AppHost.Local;

internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Created the database {Database}")]
    public static partial void DatabaseCreated(ILogger logger, string database);
}
