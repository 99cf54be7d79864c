using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

[DbContext(typeof(UserDbContext))]
[Migration("20261121100000_AccountsAndTokens")]
internal sealed class AccountsAndTokens : Migration
{
    // Defaults where a rolling deploy has the old version insert beside the new one. Its keys are active at once, as they are there.
    // Revocations are numbered in the order of their commits (RevocationLog), so that a cursor over them misses none.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE users ADD COLUMN email_verified_at timestamptz NULL;

        ALTER TABLE signing_keys ADD COLUMN activates_at timestamptz NOT NULL DEFAULT now();
        UPDATE signing_keys SET activates_at = created_at;

        CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);
        CREATE INDEX refresh_tokens_revoked ON refresh_tokens (revoked_at) WHERE revoked_at IS NOT NULL;

        CREATE TABLE login_attempts (
            login bytea PRIMARY KEY,
            failures integer NOT NULL,
            ends_at timestamptz NOT NULL
        );
        CREATE INDEX login_attempts_end ON login_attempts (ends_at);

        CREATE TABLE account_tokens (
            user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            purpose text NOT NULL,
            hash bytea NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (user_id, purpose)
        );
        CREATE UNIQUE INDEX account_tokens_hash ON account_tokens (hash);

        CREATE TABLE mails (
            id bigint PRIMARY KEY,
            kind text NOT NULL,
            recipient text NULL,
            recipient_hash bytea NOT NULL,
            refusals integer NOT NULL,
            next_attempt_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            closed_at timestamptz NULL
        );
        CREATE INDEX mails_pending ON mails (next_attempt_at, id) WHERE closed_at IS NULL;
        CREATE INDEX mails_recipient ON mails (recipient_hash, kind, created_at);
        CREATE INDEX mails_closed ON mails (closed_at) WHERE closed_at IS NOT NULL;

        CREATE SEQUENCE revocation_ids;
        CREATE TABLE revocations (
            id bigint PRIMARY KEY DEFAULT nextval('revocation_ids'),
            session bigint NULL,
            user_id bigint NULL,
            at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            CHECK (num_nonnulls(session, user_id) = 1)
        );
        CREATE INDEX revocations_expiry ON revocations (expires_at);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE revocations, mails, account_tokens, login_attempts;
        DROP SEQUENCE revocation_ids;
        DROP INDEX refresh_tokens_revoked, refresh_tokens_expiry;
        ALTER TABLE signing_keys DROP COLUMN activates_at;
        ALTER TABLE users DROP COLUMN email_verified_at;
        """);
}
