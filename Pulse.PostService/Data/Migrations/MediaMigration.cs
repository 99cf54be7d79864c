using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.PostService.Data.Migrations;

/// <summary>Uploads of pictures.</summary>
[DbContext(typeof(PostDbContext))]
[Migration("20261128010000_Media")]
internal sealed class MediaMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE media (
            id bigint PRIMARY KEY,
            owner_id bigint NOT NULL,
            object_key text NOT NULL,
            content_type text NOT NULL,
            size_bytes integer NOT NULL,
            width integer NULL,
            height integer NULL,
            alt_text text NULL,
            created_at timestamptz NOT NULL,
            upload_until timestamptz NOT NULL,
            post_id bigint NULL,
            condemned boolean NOT NULL DEFAULT false,
            due_at timestamptz NULL
        );
        -- What a user has waiting, and all of his when his account goes.
        CREATE INDEX media_of_owner ON media (owner_id, post_id);
        CREATE INDEX media_of_post ON media (post_id) WHERE post_id IS NOT NULL;
        CREATE INDEX media_due ON media (due_at) WHERE due_at IS NOT NULL;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("media");
}
