using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Accounts;
using Pulse.UserService.Counts;
using Pulse.UserService.Data;
using Pulse.UserService.Follows;
using Pulse.UserService.Graph;

namespace Pulse.UserService.Seeding;

/// <summary>Makes followers for demonstrations: accounts that nobody logs in to, with the edges, counts and events of real follows.</summary>
internal sealed class FollowerSeed(UserDbContext db, FollowerCounts counts, AuthorCards cards, OutboxSignal signal, SnowflakeGenerator ids, TimeProvider clock)
{
    private const int BatchSize = 500;

    /// <summary>Raises the number of made followers of <paramref name="user"/> to <paramref name="count"/>.</summary>
    /// <returns>How many were added.</returns>
    public async Task<int> RaiseAsync(UserId user, int count, CancellationToken ct)
    {
        var added = 0;
        while (true)
        {
            var batch = await AddBatchAsync(user, count, ct);
            if (batch == 0) break;

            added += batch;
            signal.Wake();
            db.ChangeTracker.Clear();
        }

        if (added > 0) await cards.RaiseAsync(user, CancellationToken.None);
        return added;
    }

    private async Task<int> AddBatchAsync(UserId user, int count, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Two calls at once count one after the other.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({user.Value})", ct);
        var prefix = string.Create(CultureInfo.InvariantCulture, $"fan_{user.Value:x}_");
        var existing = await db.Users.CountAsync(account => account.Username.StartsWith(prefix), ct);
        var size = Math.Min(BatchSize, count - existing);
        if (size <= 0) return 0;

        // The accounts first: the model does not know the foreign keys that order the rest after them.
        var followers = Enumerable.Range(existing + 1, size).Select(number => NewAccount(string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}"))).ToList();
        db.Users.AddRange(followers);
        await db.SaveChangesAsync(ct);
        followers.ForEach(follower => AddFollow(follower, user));
        await db.SaveChangesAsync(ct);
        await counts.AddAsync(user, size, ct);
        await transaction.CommitAsync(ct);
        return size;
    }

    private Account NewAccount(string username) => new()
    {
        Id = new UserId(ids.Next()),
        Username = username,
        Email = $"{username}@seed.invalid",
        DisplayName = username,
        GraphVersion = Account.FirstGraphVersion + 1,
        FollowingCount = 1,
        CreatedAt = clock.GetUtcNow(),
    };

    private void AddFollow(Account follower, UserId user)
    {
        var since = follower.CreatedAt;
        db.FollowerCounts.Add(new FollowerCount { UserId = follower.Id, Followers = 0 });
        db.Follows.Add(new Follow { FollowerId = follower.Id, FolloweeId = user, Since = since });
        db.Outbox.Add(OutboxMessage.For(new UserFollowed(follower.Id, user, follower.GraphVersion, since), ids.Next(), since));
    }
}
