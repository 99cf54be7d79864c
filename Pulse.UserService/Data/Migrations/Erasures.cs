using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

[DbContext(typeof(UserDbContext))]
[Migration("20261122000000_Erasures")]
internal sealed class Erasures : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE erasures (
            user_id bigint PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
            requested_at timestamptz NOT NULL
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE erasures;");
}
