using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Pulse.Messaging.Outbox;

namespace Pulse.PostService.Data.Migrations;

[DbContext(typeof(PostDbContext))]
[Migration("20261120000000_Initial")]
internal sealed class InitialMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql(
            """
            CREATE TABLE posts (
                id bigint PRIMARY KEY,
                author_id bigint NOT NULL,
                content text NOT NULL,
                visibility smallint NOT NULL,
                in_reply_to bigint NULL,
                created_at timestamptz NOT NULL,
                edited_at timestamptz NULL,
                deleted_at timestamptz NULL
            );
            CREATE INDEX posts_by_author ON posts (author_id, id DESC) WHERE deleted_at IS NULL;
            """);
        migrationBuilder.CreateOutbox();
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("outbox");
        migrationBuilder.DropTable("posts");
    }
}
