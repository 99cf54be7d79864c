using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Timelines.Data.Migrations;

[DbContext(typeof(TimelineDbContext))]
[Migration("20261121010000_FollowerPages")]
internal sealed class FollowerPages : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- The primary key has the same order, but not whether an edge is active: with it, PostgreSQL 18 skips through the index of the other
        -- direction at some forty times the price.
        CREATE INDEX follow_edges_of_followee ON follow_edges (followee, follower) WHERE active;

        -- Hot statements here read short ranges of indexes in their order. Without statistics the planner takes a bitmap and a sort instead:
        -- all that remains of an author's followers, for each page of them. No harm but time where the role may not say so.
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET enable_bitmapscan = off', current_database());
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END $$;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I RESET enable_bitmapscan', current_database());
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END $$;
        DROP INDEX follow_edges_of_followee;
        """);
}
