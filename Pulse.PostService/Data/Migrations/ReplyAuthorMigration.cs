using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.PostService.Data.Migrations;

[DbContext(typeof(PostDbContext))]
[Migration("20261121010000_ReplyAuthor")]
internal sealed class ReplyAuthorMigration : Migration
{
    // Old replies go without: what they answer was delivered long ago.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE posts ADD COLUMN in_reply_to_author bigint NULL;");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE posts DROP COLUMN in_reply_to_author;");
}
