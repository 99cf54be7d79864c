using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;

namespace Pulse.FanoutWorker.Tests.Consuming;

/// <summary>One delivery takes as long as the test wants: its record waits for a row that the test holds.</summary>
public sealed class FairnessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "10")]
    [Trait("Invariant", "25")]
    public async Task Bus_OneDeliveryIsHeld_EveryOtherOneArrives()
    {
        await using var app = await FanoutApp.CreateAsync();
        var (giant, author) = (app.NewUser(), app.NewUser());
        UserId[] readers = [.. Enumerable.Range(0, 5).Select(_ => app.NewUser())];
        await Task.WhenAll(readers.Select(reader => app.WarmAsync(reader, Ct)));
        foreach (var reader in readers)
        {
            await app.HandleAsync(app.NewFollow(reader, giant), Ct);
            await app.HandleAsync(app.NewFollow(reader, author), Ct);
        }

        var held = app.NewPost(giant);
        await using var connection = await app.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var insert = new NpgsqlCommand("INSERT INTO author_posts (author_id, post_id, mode, deleted) VALUES ($1, $2, 0, false)", connection, transaction))
        {
            insert.Parameters.Add(new() { Value = giant.Value });
            insert.Parameters.Add(new() { Value = held.PostId.Value });
            await insert.ExecuteNonQueryAsync(Ct);
        }

        await app.PublishAsync(held, Ct);
        await using var observer = await app.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Ct);
        await Until.TrueAsync(() => IsAnyoneWaitingAsync(observer, connection.ProcessID), "the giant's delivery is held", Ct);
        PostPublished[] posts = [.. Enumerable.Range(0, 15).Select(_ => app.NewPost(author))];
        foreach (var post in posts) await app.PublishAsync(post, Ct);

        await AllHaveAsync(app, readers, posts);
        Assert.True(await IsAnyoneWaitingAsync(observer, connection.ProcessID));
        foreach (var reader in readers) Assert.DoesNotContain(held.PostId.Value, (await app.HomeAsync(reader, Ct)).Ids);
        await transaction.RollbackAsync(Ct);
        await AllHaveAsync(app, readers, [held]);
    }

    private static Task AllHaveAsync(FanoutApp app, UserId[] readers, PostPublished[] posts) => Until.TrueAsync(
        async () =>
        {
            foreach (var reader in readers)
            {
                var ids = (await app.HomeAsync(reader, Ct)).Ids;
                if (!Array.TrueForAll(posts, post => ids.Contains(post.PostId.Value))) return false;
            }

            return true;
        },
        "every follower has every post",
        Ct);

    private static async Task<bool> IsAnyoneWaitingAsync(NpgsqlConnection observer, int holder)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))", observer);
        command.Parameters.Add(new() { Value = holder });
        return (long)(await command.ExecuteScalarAsync(Ct))! > 0;
    }
}
