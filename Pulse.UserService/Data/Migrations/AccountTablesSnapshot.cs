using Microsoft.EntityFrameworkCore;

namespace Pulse.UserService.Data.Migrations;

/// <summary>The part of the snapshot that <see cref="AccountTables"/> maps.</summary>
internal static class AccountTablesSnapshot
{
    public static void BuildAccountTables(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity("Pulse.UserService.Accounts.LoginAttempt", entity =>
        {
            entity.ToTable("login_attempts");
            entity.Property<byte[]>("Login").HasColumnName("login").HasColumnType("bytea").IsRequired().ValueGeneratedNever();
            entity.Property<int>("Failures").HasColumnName("failures").HasColumnType("integer");
            entity.Property<DateTimeOffset>("EndsAt").HasColumnName("ends_at").HasColumnType("timestamp with time zone");
            entity.HasKey("Login");
        });
        modelBuilder.Entity("Pulse.UserService.Accounts.AccountToken", entity =>
        {
            entity.ToTable("account_tokens");
            entity.Property<long>("UserId").HasColumnName("user_id").HasColumnType("bigint");
            entity.Property<string>("Purpose").HasColumnName("purpose").HasColumnType("text").IsRequired();
            entity.Property<byte[]>("Hash").HasColumnName("hash").HasColumnType("bytea").IsRequired();
            entity.Property<DateTimeOffset>("ExpiresAt").HasColumnName("expires_at").HasColumnType("timestamp with time zone");
            entity.HasKey("UserId", "Purpose");
        });
        modelBuilder.Entity("Pulse.UserService.Mail.MailRow", entity =>
        {
            entity.ToTable("mails");
            entity.Property<long>("Id").HasColumnName("id").HasColumnType("bigint").ValueGeneratedNever();
            entity.Property<string>("Kind").HasColumnName("kind").HasColumnType("text").IsRequired();
            entity.Property<string>("Recipient").HasColumnName("recipient").HasColumnType("text");
            entity.Property<byte[]>("RecipientHash").HasColumnName("recipient_hash").HasColumnType("bytea").IsRequired();
            entity.Property<int>("Refusals").HasColumnName("refusals").HasColumnType("integer");
            entity.Property<DateTimeOffset>("NextAttemptAt").HasColumnName("next_attempt_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset>("ExpiresAt").HasColumnName("expires_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset>("CreatedAt").HasColumnName("created_at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset?>("ClosedAt").HasColumnName("closed_at").HasColumnType("timestamp with time zone");
            entity.HasKey("Id");
        });
        modelBuilder.Entity("Pulse.UserService.Tokens.RevocationRow", entity =>
        {
            entity.ToTable("revocations");
            entity.Property<long>("Id").HasColumnName("id").HasColumnType("bigint").ValueGeneratedNever();
            entity.Property<long?>("Session").HasColumnName("session").HasColumnType("bigint");
            entity.Property<long?>("UserId").HasColumnName("user_id").HasColumnType("bigint");
            entity.Property<DateTimeOffset>("At").HasColumnName("at").HasColumnType("timestamp with time zone");
            entity.Property<DateTimeOffset>("ExpiresAt").HasColumnName("expires_at").HasColumnType("timestamp with time zone");
            entity.HasKey("Id");
        });
    }
}
