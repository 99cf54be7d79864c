using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Pulse.Messaging.Outbox;

namespace Pulse.UserService.Data.Migrations;

[DbContext(typeof(UserDbContext))]
[Migration("20261120000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        // follower_counts changes in place, once per follow: free space on the page keeps those updates off the index.
        migrationBuilder.Sql(
            """
            CREATE TABLE users (
                id bigint PRIMARY KEY,
                username text NOT NULL,
                email text NOT NULL,
                display_name text NOT NULL,
                bio text NOT NULL,
                avatar_url text NULL,
                password_hash text NULL,
                graph_version bigint NOT NULL,
                following_count bigint NOT NULL CHECK (following_count >= 0),
                created_at timestamptz NOT NULL
            );
            CREATE UNIQUE INDEX users_username ON users (lower(username));
            CREATE UNIQUE INDEX users_email ON users (lower(email));

            CREATE TABLE follower_counts (
                user_id bigint PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
                followers bigint NOT NULL CHECK (followers >= 0)
            ) WITH (fillfactor = 50);

            CREATE TABLE follows (
                follower_id bigint NOT NULL REFERENCES users (id),
                followee_id bigint NOT NULL REFERENCES users (id),
                since timestamptz NOT NULL,
                PRIMARY KEY (follower_id, followee_id),
                CHECK (follower_id <> followee_id)
            );
            CREATE UNIQUE INDEX follows_followee ON follows (followee_id, follower_id);

            CREATE TABLE refresh_tokens (
                hash bytea PRIMARY KEY,
                family bigint NOT NULL,
                user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                expires_at timestamptz NOT NULL,
                used_at timestamptz NULL,
                revoked_at timestamptz NULL
            );
            CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
            CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);

            CREATE TABLE signing_keys (
                kid text PRIMARY KEY,
                private_key bytea NOT NULL,
                created_at timestamptz NOT NULL
            );
            """);
        migrationBuilder.CreateOutbox();
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("DROP TABLE outbox, signing_keys, refresh_tokens, follows, follower_counts, users;");
}
