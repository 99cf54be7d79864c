using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Timelines.Data.Migrations;

[DbContext(typeof(TimelineDbContext))]
[Migration("20261128000000_NotifiedFollowers")]
internal sealed class NotifiedFollowers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- Whether the follower wants to be told of every post; never on an edge that ended. A worker of before leaves it as it is.
        ALTER TABLE follow_edges ADD COLUMN notify boolean NOT NULL DEFAULT false;

        -- Without "active": the index of all followers must not serve a question for these few.
        CREATE INDEX follow_edges_notified ON follow_edges (followee, follower) WHERE notify;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP INDEX follow_edges_notified;
        ALTER TABLE follow_edges DROP COLUMN notify;
        """);
}
