using Npgsql;
using Pulse.ServiceDefaults.Postgres;
using Pulse.ServiceDefaults.Problems;
using Pulse.TestInfrastructure;

namespace Pulse.ServiceDefaults.Tests.Postgres;

[Trait("Invariant", "30")]
public sealed class PostgresLineTests : IAsyncLifetime
{
    private readonly PostgresLines _lines = new();
    private LocalPostgres _postgres = null!;
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await LocalPostgres.CreateAsync(Ct);
        _source = NpgsqlDataSource.Create(_lines.Through(_postgres.ConnectionString("postgres"))!);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _lines.Dispose();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Postgres_Frozen_ThoseWhoWaitAndThoseWhoComeAreToldWhileItIs()
    {
        await using var held = await _source.OpenConnectionAsync(Ct);
        Assert.Equal(1, await AskAsync());
        _postgres.Pause();
        try
        {
            // In a command of a connection at hand, in the start of a new one, and in the queue of the pool.
            await using var command = new NpgsqlCommand("SELECT 1", held) { CommandTimeout = 0 };
            Task[] waiting = [command.ExecuteScalarAsync(Ct), .. Enumerable.Range(0, 60).Select(_ => AskAsync())];
            foreach (var each in waiting) Assert.True(Outage.Is(await Assert.ThrowsAnyAsync<Exception>(() => each)));

            Assert.True(Outage.Is(await Assert.ThrowsAnyAsync<Exception>(AskAsync)));
        }
        finally
        {
            _postgres.Resume();
        }

        await Until.TrueAsync(AnswersAsync, "it answers again", Ct);
    }

    [Fact]
    public async Task Postgres_SlowStatement_IsNotCut()
    {
        // Several times as long as a silent server has.
        await using var command = _source.CreateCommand("SELECT pg_sleep(2)");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(Ct);
    }

    [Fact]
    public async Task Postgres_KilledAndStarted_AnswersAgain()
    {
        Assert.Equal(1, await AskAsync());
        await _postgres.KillAsync(Ct);
        // A session may outlive the server's first process by a statement.
        await Until.TrueAsync(async () => await Record.ExceptionAsync(AskAsync) is { } failure && Outage.Is(failure), "it is away", Ct);

        await _postgres.StartAsync(Ct);

        await Until.TrueAsync(AnswersAsync, "it answers again", Ct);
    }

    [Fact]
    public async Task Line_LargeAnswersBothWays_ArriveWhole()
    {
        var sent = new byte[3_000_000];
        new Random(7).NextBytes(sent);
        await using var command = _source.CreateCommand("SELECT $1");
        command.Parameters.Add(new() { Value = sent });

        Assert.Equal(sent, await command.ExecuteScalarAsync(Ct));
    }

    [Theory]
    [InlineData("Host=one,two")]
    [InlineData("Host=db.example;SSL Mode=VerifyFull")]
    public void Through_NoLineCanLeadThere_KeepsTheHost(string connectionString) =>
        Assert.Equal(new NpgsqlConnectionStringBuilder(connectionString).Host, new NpgsqlConnectionStringBuilder(_lines.Through(connectionString)).Host);

    private async Task<int> AskAsync()
    {
        await using var command = _source.CreateCommand("SELECT 1");
        command.CommandTimeout = 0;
        return (int)(await command.ExecuteScalarAsync(Ct))!;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await AskAsync() == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
