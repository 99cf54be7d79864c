using Microsoft.EntityFrameworkCore;
using Pulse.UserService.Accounts;
using Pulse.UserService.Mail;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Data;

/// <summary>The tables around accounts: attempts to log in, tokens sent by mail, mails, revocations.</summary>
internal static class AccountTables
{
    public static void AddAccountTables(this ModelBuilder model)
    {
        model.Entity<LoginAttempt>(attempts =>
        {
            attempts.ToTable("login_attempts");
            attempts.HasKey(attempt => attempt.Login);
            attempts.Property(attempt => attempt.Login).HasColumnName("login").ValueGeneratedNever();
            attempts.Property(attempt => attempt.Failures).HasColumnName("failures");
            attempts.Property(attempt => attempt.EndsAt).HasColumnName("ends_at");
        });
        model.Entity<AccountToken>(tokens =>
        {
            tokens.ToTable("account_tokens");
            tokens.HasKey(token => new { token.UserId, token.Purpose });
            tokens.Property(token => token.UserId).HasColumnName("user_id");
            tokens.Property(token => token.Purpose).HasColumnName("purpose");
            tokens.Property(token => token.Hash).HasColumnName("hash");
            tokens.Property(token => token.ExpiresAt).HasColumnName("expires_at");
        });
        model.Entity<MailRow>(mails =>
        {
            mails.ToTable("mails");
            mails.HasKey(mail => mail.Id);
            mails.Property(mail => mail.Id).HasColumnName("id").ValueGeneratedNever();
            mails.Property(mail => mail.Kind).HasColumnName("kind");
            mails.Property(mail => mail.Recipient).HasColumnName("recipient");
            mails.Property(mail => mail.RecipientHash).HasColumnName("recipient_hash");
            mails.Property(mail => mail.Refusals).HasColumnName("refusals");
            mails.Property(mail => mail.NextAttemptAt).HasColumnName("next_attempt_at");
            mails.Property(mail => mail.ExpiresAt).HasColumnName("expires_at");
            mails.Property(mail => mail.CreatedAt).HasColumnName("created_at");
            mails.Property(mail => mail.ClosedAt).HasColumnName("closed_at");
        });
        model.Entity<RevocationRow>(revocations =>
        {
            revocations.ToTable("revocations");
            revocations.HasKey(revocation => revocation.Id);
            revocations.Property(revocation => revocation.Id).HasColumnName("id").ValueGeneratedNever();
            revocations.Property(revocation => revocation.Session).HasColumnName("session");
            revocations.Property(revocation => revocation.UserId).HasColumnName("user_id");
            revocations.Property(revocation => revocation.At).HasColumnName("at");
            revocations.Property(revocation => revocation.ExpiresAt).HasColumnName("expires_at");
        });
    }
}
