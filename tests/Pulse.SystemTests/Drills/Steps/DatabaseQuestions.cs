using Npgsql;

namespace Pulse.SystemTests.Drills.Steps;

/// <summary>What the tests ask a database.</summary>
internal static class DatabaseQuestions
{
    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    public static Task<long> CountAsync(this NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters) =>
        connection.ScalarAsync<long>(sql, ct, parameters);

    /// <summary>Asks one of the databases of a running Pulse.</summary>
    public static async Task<long> CountAsync(this RunningPulse pulse, string database, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(await pulse.DatabaseAsync(database, ct));
        await connection.OpenAsync(ct);
        return await connection.CountAsync(sql, ct, parameters);
    }
}
