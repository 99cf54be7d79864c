using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.PostService.Data;
using Pulse.PostService.Posts;
using Pulse.PostService.Publishing;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Moderation;

/// <summary>
/// Carries out decisions. The row of the case is locked meanwhile, so one does at a time, and a decision that takes another one back waits until that is through. Every
/// effect may be repeated.
/// </summary>
internal sealed partial class Enforcement(
    NpgsqlDataSource source, IServiceScopeFactory scopes, IHttpClientFactory clients, IOptions<ModerationOptions> options, TimeProvider clock, ILogger<Enforcement> logger)
{
    // A decision about the same post in a later case has the last word.
    private const string Pending =
        """
        SELECT c.id, c.user_id, c.post_id, a.id, a.action, a.admin_id, a.note,
            EXISTS (SELECT FROM moderation_actions later WHERE later.post_id = c.post_id AND later.id > a.id AND later.action IN ('limit_post', 'restore_post'))
        FROM report_cases c JOIN moderation_actions a ON a.id = c.decision_id
        """;

    /// <summary>Carries out the decision of one case, unless somebody else has. If something is away it stays to be done.</summary>
    public async Task CarryOutAsync(CaseId id, CancellationToken ct)
    {
        try
        {
            await RunAsync($"{Pending} WHERE c.id = $1 AND c.due_at IS NOT NULL FOR NO KEY UPDATE OF c", new() { Value = id.Value }, ct);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            LogWaiting(id, exception.Message);
        }
    }

    /// <summary>Carries out one decision whose time has come, and which nobody is at.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> CarryOutNextAsync(CancellationToken ct) =>
        RunAsync($"{Pending} WHERE c.due_at <= $1 ORDER BY c.due_at LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED", Time(clock.GetUtcNow()), ct);

    private async Task<bool> RunAsync(string sql, NpgsqlParameter parameter, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await ReadAsync(connection, sql, parameter, ct) is not { } decision) return false;

        var (due, refused) = ((DateTimeOffset?)null, false);
        try
        {
            refused = !await TryCarryOutAsync(decision, ct);
            if (refused) LogRefused(decision.Case);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && (exception is HttpRequestException || Outage.Is(exception)))
        {
            due = clock.GetUtcNow() + options.Value.RetryInterval;
            LogWaiting(decision.Case, exception.Message);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            due = clock.GetUtcNow() + options.Value.RetryInterval;
            LogFailed(decision.Case, exception);
        }

        await using var settle = new NpgsqlCommand("UPDATE report_cases SET due_at = $2, refused = $3 WHERE id = $1", connection);
        settle.Parameters.Add(new() { Value = decision.Case.Value });
        settle.Parameters.Add(Time(due));
        settle.Parameters.Add(new() { Value = refused });
        await settle.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <returns>False when it cannot be done, now or later.</returns>
    private async Task<bool> TryCarryOutAsync(PendingDecision decision, CancellationToken ct)
    {
        // Only here: a newer version may have written a name that this one does not know, and the others must not wait for it.
        var action = ModerationTables.ValueOf<ModerationAction>(decision.Action);
        switch (action)
        {
            case ModerationAction.LimitPost or ModerationAction.RestorePost:
                if (!decision.IsSuperseded) await LimitAsync(decision.Post!.Value, action == ModerationAction.LimitPost, ct);
                return true;
            case ModerationAction.DeletePost:
                await DeleteAsync(decision.Post!.Value, ct);
                return true;
            case ModerationAction.LimitUser:
                return await OrderAsync(decision, "limit", ct);
            case ModerationAction.SuspendUser:
                return await OrderAsync(decision, "suspend", ct);
            case ModerationAction.RestoreUser:
                return await OrderAsync(decision, "restore", ct);
            default:
                return true;
        }
    }

    private async Task LimitAsync(PostId post, bool limited, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PostEditor>().LimitAsync(post, limited, ct);
    }

    private async Task DeleteAsync(PostId post, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PostDbContext>();
        if (await db.Posts.FirstOrDefaultAsync(known => known.Id == post.Value && known.DeletedAt == null, ct) is { } row)
        {
            await scope.ServiceProvider.GetRequiredService<PostWriter>().DeleteAsync(row, ct);
        }
    }

    private async Task<bool> OrderAsync(PendingDecision decision, string standing, CancellationToken ct)
    {
        using var client = clients.CreateClient(UserServiceClient.Name);
        using var answer = await client.PostAsJsonAsync(
            $"/internal/admin/users/{decision.User}/{standing}", new StandingOrder(decision.Id, decision.Admin, decision.Note), PulseJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<StandingOrderAnswer>(PulseJson.Options, ct))!.Outcome != StandingOrderOutcome.Protected;
    }

    private static async Task<PendingDecision?> ReadAsync(NpgsqlConnection connection, string sql, NpgsqlParameter parameter, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new PendingDecision(
                new CaseId(reader.GetInt64(0)),
                new UserId(reader.GetInt64(1)),
                await reader.IsDBNullAsync(2, ct) ? null : new PostId(reader.GetInt64(2)),
                reader.GetInt64(3),
                reader.GetString(4),
                new UserId(reader.GetInt64(5)),
                await reader.IsDBNullAsync(6, ct) ? null : reader.GetString(6),
                reader.GetBoolean(7))
            : null;
    }

    private static NpgsqlParameter Time(DateTimeOffset? time) => new() { Value = (object?)time ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    [LoggerMessage(4701, LogLevel.Warning, "The decision of case {Case} waits: {Reason}")]
    private partial void LogWaiting(CaseId @case, string reason);

    [LoggerMessage(4702, LogLevel.Error, "The decision of case {Case} could not be carried out; it is tried again")]
    private partial void LogFailed(CaseId @case, Exception exception);

    [LoggerMessage(4703, LogLevel.Information, "The decision of case {Case} reaches for an administrator, and is not carried out")]
    private partial void LogRefused(CaseId @case);

    private sealed record PendingDecision(
        CaseId Case, UserId User, PostId? Post, long Id, string Action, UserId Admin, string? Note, bool IsSuperseded);
}
