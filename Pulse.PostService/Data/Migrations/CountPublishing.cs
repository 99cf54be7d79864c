using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.PostService.Data.Migrations;

/// <summary>What of counts and of versions of marks Redis does not have yet, so that nobody has to remember it.</summary>
[DbContext(typeof(PostDbContext))]
[Migration("20261128010000_CountPublishing")]
internal sealed class CountPublishing : Migration
{
    // An older version that runs beside this one writes steps, and versions that it publishes itself; the new columns keep their defaults.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE post_count_steps ADD COLUMN written_at timestamptz NOT NULL DEFAULT now();

        -- Of counts: when the oldest step that Redis lacks was written. Null when it lacks nothing.
        ALTER TABLE post_counts ADD COLUMN unpublished_since timestamptz NULL;
        CREATE INDEX post_counts_unpublished ON post_counts (unpublished_since) WHERE unpublished_since IS NOT NULL;

        ALTER TABLE marks_versions ADD COLUMN unpublished_since timestamptz NULL;
        CREATE INDEX marks_versions_unpublished ON marks_versions (unpublished_since) WHERE unpublished_since IS NOT NULL;

        -- What an erasure looks for beside the posts that stand.
        CREATE INDEX posts_deleted_by_author ON posts (author_id) WHERE deleted_at IS NOT NULL;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP INDEX posts_deleted_by_author;
        ALTER TABLE marks_versions DROP COLUMN unpublished_since;
        ALTER TABLE post_counts DROP COLUMN unpublished_since;
        ALTER TABLE post_count_steps DROP COLUMN written_at;
        """);
}
