using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Blocks;
using Pulse.UserService.Data;
using Pulse.UserService.Follows;
using Pulse.UserService.Mutes;

namespace Pulse.UserService.Departure;

/// <summary>What a turn of an erasure came to.</summary>
internal enum ErasureProgress
{
    /// <summary>Only time is missing, or an edge that came meanwhile.</summary>
    Waits,

    /// <summary>There is work left for another turn.</summary>
    MoreToDo,

    /// <summary>The account is gone.</summary>
    Gone,
}

/// <summary>
/// Erases what a closed account has left: its edges, one after the other and with their events, so that counts, graphs and projections
/// of the others stay true; its posts, by their owner; at last the row, whose keys go with its event (<see cref="DepartedKeys"/>). Every step may be
/// repeated, by any replica, after any crash.
/// </summary>
internal sealed class AccountErasure(
    UserDbContext db,
    FollowGraph follows,
    BlockGraph blocks,
    MuteGraph mutes,
    IHttpClientFactory clients,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    IOptions<ErasureOptions> options,
    TimeProvider clock)
{
    internal const string Client = "erasure";

    private const int Batch = 200;

    /// <summary>Does a share of the work, so that nobody's erasure waits for that of a celebrity.</summary>
    public async Task<ErasureProgress> RunAsync(Erasure erasure, CancellationToken ct)
    {
        // None of the three keeps the others: the posts of a celebrity do not wait for the end of his last follow.
        var user = erasure.UserId;
        var edges =
            await EndAsync(db.Follows.Where(edge => edge.FollowerId == user || edge.FolloweeId == user), edge => follows.UnfollowAsync(edge.FollowerId, edge.FolloweeId, ct), ct)
            + await EndAsync(db.Blocks.Where(edge => edge.BlockerId == user || edge.BlockedId == user), edge => blocks.UnblockAsync(edge.BlockerId, edge.BlockedId, ct), ct)
            + await EndAsync(db.Mutes.Where(edge => edge.MuterId == user || edge.MutedId == user), edge => mutes.UnmuteAsync(edge.MuterId, edge.MutedId, ct), ct);
        var postsAreGone = await ErasePostsAsync(user, ct);
        if (edges > 0 || !postsAreGone) return ErasureProgress.MoreToDo;
        if (clock.GetUtcNow() < erasure.RequestedAt + options.Value.Grace) return ErasureProgress.Waits;

        // Whatever a token that was good until the last moment has done is done by now, and the steps above have seen it.
        if (!await DeleteAsync(user, ct)) return ErasureProgress.Waits;

        signal.Wake();
        return ErasureProgress.Gone;
    }

    /// <summary>Ends a batch of edges like their owners would: one by one, as the projections of the others hear of each end by its event alone.</summary>
    /// <returns>How many there were.</returns>
    private async Task<int> EndAsync<TEdge>(IQueryable<TEdge> edges, Func<TEdge, Task> end, CancellationToken ct)
        where TEdge : class
    {
        var batch = await edges.Take(Batch).AsNoTracking().ToListAsync(ct);
        foreach (var edge in batch)
        {
            await end(edge);
            db.ChangeTracker.Clear();
        }

        return batch.Count;
    }

    /// <returns>Whether none is left.</returns>
    private async Task<bool> ErasePostsAsync(UserId user, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        using var response = await client.PostAsync($"/internal/authors/{user}/erase", content: null, ct);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<AuthorErasure>(PulseJson.Options, ct) is { Done: true };
    }

    // Requests, tokens and counts go with the account (ON DELETE CASCADE); an edge that came meanwhile keeps it until the next turn.
    private async Task<bool> DeleteAsync(UserId user, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        int deleted;
        try
        {
            deleted = await db.Database.ExecuteSqlAsync(
                $"""
                DELETE FROM users WHERE id = {user.Value}
                    AND NOT EXISTS (SELECT FROM follows WHERE follower_id = {user.Value} OR followee_id = {user.Value})
                    AND NOT EXISTS (SELECT FROM blocks WHERE blocker_id = {user.Value} OR blocked_id = {user.Value})
                    AND NOT EXISTS (SELECT FROM mutes WHERE muter_id = {user.Value} OR muted_id = {user.Value})
                """,
                ct);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // An edge that the statement could not see yet, and waited for.
            return false;
        }

        if (deleted == 0) return false;

        db.Outbox.Add(OutboxMessage.For(new UserDeleted(user), ids.Next(), clock.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}
