using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Timelines.Data.Migrations;

[DbContext(typeof(TimelineDbContext))]
[Migration("20261120000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- The projection of the follow graph. Ended edges stay as tombstones with their version, so that order and repeats of events do not matter.
        CREATE TABLE follow_edges (
            followee bigint NOT NULL,
            follower bigint NOT NULL,
            version bigint NOT NULL,
            active boolean NOT NULL,
            since timestamptz NULL,
            PRIMARY KEY (followee, follower)
        );
        CREATE INDEX follow_edges_of_follower ON follow_edges (follower, followee) WHERE active;

        -- What the planner knows of an author: his followers, and whether his last post was pulled (the hysteresis).
        CREATE TABLE authors (
            author_id bigint PRIMARY KEY,
            followers bigint NOT NULL DEFAULT 0,
            pulled boolean NOT NULL DEFAULT false
        );

        -- Every post with its mode (0 push, 1 pull), decided once.
        CREATE TABLE author_posts (
            author_id bigint NOT NULL,
            post_id bigint NOT NULL,
            mode smallint NOT NULL,
            deleted boolean NOT NULL DEFAULT false,
            PRIMARY KEY (author_id, post_id)
        );
        CREATE INDEX author_posts_pushed ON author_posts (author_id, post_id DESC) WHERE mode = 0 AND NOT deleted;
        CREATE INDEX author_posts_pulled ON author_posts (author_id, post_id DESC) WHERE mode = 1 AND NOT deleted;

        -- Everybody who has a pulled post. The version is raised under a row lock, so that it orders the commits.
        CREATE TABLE pull_authors (author_id bigint PRIMARY KEY);
        CREATE TABLE pull_authors_version (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), version bigint NOT NULL);
        INSERT INTO pull_authors_version (version) VALUES (1);

        -- Counts follow the edges in the same statement, whatever writes them and however many rows at a time.
        CREATE FUNCTION count_new_edges() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO authors AS a (author_id, followers)
            SELECT followee, count(*) FROM new_edges WHERE active GROUP BY followee ORDER BY followee
            ON CONFLICT (author_id) DO UPDATE SET followers = a.followers + excluded.followers;
            RETURN NULL;
        END $$;
        CREATE FUNCTION count_changed_edges() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO authors AS a (author_id, followers)
            SELECT n.followee, sum(n.active::int - o.active::int)
            FROM new_edges n JOIN old_edges o USING (followee, follower)
            GROUP BY n.followee HAVING sum(n.active::int - o.active::int) <> 0 ORDER BY n.followee
            ON CONFLICT (author_id) DO UPDATE SET followers = a.followers + excluded.followers;
            RETURN NULL;
        END $$;
        CREATE TRIGGER follow_edges_inserted AFTER INSERT ON follow_edges
            REFERENCING NEW TABLE AS new_edges FOR EACH STATEMENT EXECUTE FUNCTION count_new_edges();
        CREATE TRIGGER follow_edges_updated AFTER UPDATE ON follow_edges
            REFERENCING OLD TABLE AS old_edges NEW TABLE AS new_edges FOR EACH STATEMENT EXECUTE FUNCTION count_changed_edges();
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE follow_edges, authors, author_posts, pull_authors, pull_authors_version;
        DROP FUNCTION count_new_edges, count_changed_edges;
        """);
}
