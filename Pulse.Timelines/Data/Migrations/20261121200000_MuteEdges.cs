using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Timelines.Data.Migrations;

[DbContext(typeof(TimelineDbContext))]
[Migration("20261121200000_MuteEdges")]
internal sealed class MuteEdges : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- The projection of the mutes, for reads while the owner of the graph is away. Ended ones stay as tombstones, as in follow_edges.
        CREATE TABLE mute_edges (
            muter bigint NOT NULL,
            muted bigint NOT NULL,
            version bigint NOT NULL,
            active boolean NOT NULL,
            until timestamptz NULL,
            reposts_only boolean NOT NULL,
            PRIMARY KEY (muter, muted)
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE mute_edges;");
}
