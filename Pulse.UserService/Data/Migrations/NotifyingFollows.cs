using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

/// <summary>Whether a follower wants to be told of every post.</summary>
[DbContext(typeof(UserDbContext))]
[Migration("20261128000000_NotifyingFollows")]
internal sealed class NotifyingFollows : Migration
{
    // Defaults: during a rolling deploy the old version inserts without the new column.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE follows ADD COLUMN notify boolean NOT NULL DEFAULT false;
        ALTER TABLE follow_requests ADD COLUMN notify boolean NOT NULL DEFAULT false;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE follow_requests DROP COLUMN notify;
        ALTER TABLE follows DROP COLUMN notify;
        """);
}
