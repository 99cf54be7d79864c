using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Timelines.Data.Migrations;

[DbContext(typeof(TimelineDbContext))]
[Migration("20261120010000_BlockEdges")]
internal sealed class BlockEdges : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- The projection of the blocks, for reads while the owner of the graph is away. Ended ones stay as tombstones, as in follow_edges.
        CREATE TABLE block_edges (
            blocker bigint NOT NULL,
            blocked bigint NOT NULL,
            version bigint NOT NULL,
            active boolean NOT NULL,
            PRIMARY KEY (blocker, blocked)
        );
        CREATE INDEX block_edges_of_blocked ON block_edges (blocked, blocker) WHERE active;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE block_edges;");
}
