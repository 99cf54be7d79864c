using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

[DbContext(typeof(UserDbContext))]
[Migration("20261120010000_Blocks")]
internal sealed class Blocks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE blocks (
            blocker_id bigint NOT NULL REFERENCES users (id),
            blocked_id bigint NOT NULL REFERENCES users (id),
            since timestamptz NOT NULL,
            PRIMARY KEY (blocker_id, blocked_id),
            CHECK (blocker_id <> blocked_id)
        );
        CREATE UNIQUE INDEX blocks_blocked ON blocks (blocked_id, blocker_id);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE blocks;");
}
