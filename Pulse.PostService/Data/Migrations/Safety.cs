using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.PostService.Data.Migrations;

[DbContext(typeof(PostDbContext))]
[Migration("20261128020000_Safety")]
internal sealed class Safety : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- How often an author has published the same text (kind 0), or posts with links (kind 1, fingerprint 0), since began_at.
        CREATE TABLE flood_counts (
            author_id bigint NOT NULL,
            kind smallint NOT NULL,
            fingerprint bigint NOT NULL,
            count integer NOT NULL,
            began_at timestamptz NOT NULL,
            PRIMARY KEY (author_id, kind, fingerprint)
        );
        CREATE INDEX flood_counts_by_age ON flood_counts (began_at);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("flood_counts");
}
