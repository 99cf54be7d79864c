using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

[DbContext(typeof(UserDbContext))]
[Migration("20261121010000_Celebrities")]
internal sealed class Celebrities : Migration
{
    // A default: during a rolling deploy the old version inserts rows without it. Nobody is marked here, since the limit is an option;
    // whoever is over it counts as a celebrity anyway, and is recorded with the next change of his count.
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE follower_counts ADD COLUMN is_celebrity boolean NOT NULL DEFAULT false;");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE follower_counts DROP COLUMN is_celebrity;");
}
