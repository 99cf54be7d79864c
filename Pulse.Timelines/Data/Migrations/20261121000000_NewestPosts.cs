using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Timelines.Data.Migrations;

[DbContext(typeof(TimelineDbContext))]
[Migration("20261121000000_NewestPosts")]
internal sealed class NewestPosts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- The greatest id that an author ever had in each mode: not lowered by deletes, so a bound and no promise.
        ALTER TABLE authors ADD COLUMN newest_pushed bigint NOT NULL DEFAULT 0, ADD COLUMN newest_pulled bigint NOT NULL DEFAULT 0;

        -- It follows the posts in the same statement, whatever writes them and however many rows at a time.
        CREATE FUNCTION note_new_posts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO authors AS a (author_id, newest_pushed, newest_pulled)
            SELECT author_id, coalesce(max(post_id) FILTER (WHERE mode = 0), 0), coalesce(max(post_id) FILTER (WHERE mode = 1), 0)
            FROM new_posts WHERE NOT deleted GROUP BY author_id ORDER BY author_id
            ON CONFLICT (author_id) DO UPDATE
            SET newest_pushed = greatest(a.newest_pushed, excluded.newest_pushed), newest_pulled = greatest(a.newest_pulled, excluded.newest_pulled)
            WHERE a.newest_pushed < excluded.newest_pushed OR a.newest_pulled < excluded.newest_pulled;
            RETURN NULL;
        END $$;
        CREATE TRIGGER author_posts_inserted AFTER INSERT ON author_posts
            REFERENCING NEW TABLE AS new_posts FOR EACH STATEMENT EXECUTE FUNCTION note_new_posts();

        INSERT INTO authors AS a (author_id, newest_pushed, newest_pulled)
        SELECT author_id, coalesce(max(post_id) FILTER (WHERE mode = 0), 0), coalesce(max(post_id) FILTER (WHERE mode = 1), 0)
        FROM author_posts GROUP BY author_id
        ON CONFLICT (author_id) DO UPDATE SET newest_pushed = excluded.newest_pushed, newest_pulled = excluded.newest_pulled;

        -- Pages of both modes, without a look into the table.
        CREATE INDEX author_posts_shown ON author_posts (author_id, post_id DESC) WHERE NOT deleted;

        -- The newest rows are the ones that are read: index-only scans need them marked visible soon, and inserts alone rarely call for a vacuum.
        ALTER TABLE author_posts SET (autovacuum_vacuum_insert_scale_factor = 0.01);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE author_posts RESET (autovacuum_vacuum_insert_scale_factor);
        DROP INDEX author_posts_shown;
        DROP TRIGGER author_posts_inserted ON author_posts;
        DROP FUNCTION note_new_posts;
        ALTER TABLE authors DROP COLUMN newest_pushed, DROP COLUMN newest_pulled;
        """);
}
