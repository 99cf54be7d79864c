using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

/// <summary>Private accounts, their standing, requests to follow them, and mutes.</summary>
[DbContext(typeof(UserDbContext))]
[Migration("20261121200000_People")]
internal sealed class People : Migration
{
    // Defaults: during a rolling deploy the old version inserts accounts without the new columns. CASCADE: none of these rows outlives either of its accounts.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE users
            ADD COLUMN is_private boolean NOT NULL DEFAULT false,
            ADD COLUMN standing smallint NOT NULL DEFAULT 0,
            ADD COLUMN card_version bigint NOT NULL DEFAULT 1;

        CREATE TABLE follow_requests (
            requester_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            target_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            id bigint NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (requester_id, target_id),
            CHECK (requester_id <> target_id)
        );
        CREATE UNIQUE INDEX follow_requests_target ON follow_requests (target_id, id DESC);

        CREATE TABLE mutes (
            muter_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            muted_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            until timestamptz NULL,
            reposts_only boolean NOT NULL,
            since timestamptz NOT NULL,
            PRIMARY KEY (muter_id, muted_id),
            CHECK (muter_id <> muted_id)
        );
        CREATE INDEX mutes_muted ON mutes (muted_id);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE mutes, follow_requests;
        ALTER TABLE users DROP COLUMN is_private, DROP COLUMN standing, DROP COLUMN card_version;
        """);
}
