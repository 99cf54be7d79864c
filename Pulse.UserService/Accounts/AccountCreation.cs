using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;
using Pulse.UserService.Mail;

namespace Pulse.UserService.Accounts;

/// <summary>Who else has one of the names.</summary>
internal enum Taken
{
    Nothing,
    Username,
    Email,
}

/// <summary>Makes accounts. The unique indexes decide who was first; asking before only spares the hash.</summary>
internal sealed partial class AccountCreation(
    UserDbContext db, Passwords passwords, MailOutbox mails, SnowflakeGenerator ids, TimeProvider clock, ILogger<AccountCreation> logger)
{
    public async Task<(Account? Account, Taken Taken)> CreateAsync(string username, string email, string password, string displayName, CancellationToken ct)
    {
        if (await FindTakenAsync(username, email, ct) is var taken and not Taken.Nothing) return (null, taken);

        var account = new Account
        {
            Id = new UserId(ids.Next()),
            Username = username,
            Email = email,
            DisplayName = displayName,
            PasswordHash = await passwords.HashAsync(password, ct),
            CreatedAt = clock.GetUtcNow(),
        };
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // The loser of a race meets the index here; DO NOTHING makes that an answer and not an error in the log.
        var added = await db.Database.ExecuteSqlAsync(
            $"""
            WITH added AS (
                INSERT INTO users (id, username, email, display_name, bio, password_hash, graph_version, following_count, created_at)
                VALUES ({account.Id.Value}, {account.Username}, {account.Email}, {account.DisplayName}, {account.Bio}, {account.PasswordHash}, {account.GraphVersion}, 0, {account.CreatedAt})
                ON CONFLICT DO NOTHING
                RETURNING id)
            INSERT INTO follower_counts (user_id, followers) SELECT id, 0 FROM added
            """,
            ct);
        if (added == 0) return (null, await FindTakenAsync(username, email, ct));

        await mails.AddAsync(MailKind.VerifyEmail, email, ct);
        await transaction.CommitAsync(ct);
        mails.Wake();
        LogCreated(account.Id);
        return (account, Taken.Nothing);
    }

    private async Task<Taken> FindTakenAsync(string username, string email, CancellationToken ct)
    {
        var (lowerName, lowerEmail) = (username.ToLowerInvariant(), email.ToLowerInvariant());
        if (await db.Users.AnyAsync(user => user.Username.ToLower() == lowerName, ct)) return Taken.Username;
        return await db.Users.AnyAsync(user => user.Email.ToLower() == lowerEmail, ct) ? Taken.Email : Taken.Nothing;
    }

    [LoggerMessage(3201, LogLevel.Information, "Account {User} was created")]
    private partial void LogCreated(UserId user);
}
