using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.PostService.Data.Migrations;

/// <summary>What posts are found by, and the posts whose mentions are not known yet.</summary>
[DbContext(typeof(PostDbContext))]
[Migration("20261128040000_Discovery")]
internal sealed class Discovery : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- The words of a text, a space between two: without accents, case and punctuation of any script, each sign of a script that is written without spaces
        -- for itself. The parser of Postgres takes everything beyond ASCII for letters (the database has no locale), so nothing is left for it but to split.
        CREATE FUNCTION search_text(content text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT regexp_replace(
                regexp_replace(
                    casefold(normalize(regexp_replace(normalize(content, NFKD), '[\u0300-\u036f\u00ad\u200c\u200d\u2060\ufe00-\ufe0f]+', '', 'g'), NFC) COLLATE "pg_unicode_fast") COLLATE "pg_c_utf8",
                    '(?:(?![\u2600-\u27bf\U0001f000-\U0001faff])[[:space:][:punct:]])+', ' ', 'g'),
                '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U0001f000-\U0001faff\U00020000-\U0003ffff])',
                ' \1 ', 'g')
        $$;

        -- The moments that a post belongs to, 70 minutes, 19 hours, 12 days, 199 days and 9 years long: what stands in its id above so many bits of its
        -- milliseconds. As words beside the others they let one index find a word within a moment, and no text has a word like them.
        CREATE FUNCTION search_moments(id bigint) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT array_to_tsvector(ARRAY['@22.' || (id >> 44), '@26.' || (id >> 48), '@30.' || (id >> 52), '@34.' || (id >> 56), '@38.' || (id >> 60)])
        $$;

        ALTER TABLE posts DROP COLUMN search;
        ALTER TABLE posts ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', search_text(content)) || search_moments(id)) STORED;

        -- Only what everybody may find. Without the list of pending entries, which every search would read to its end.
        CREATE INDEX posts_by_words ON posts USING gin (search) WITH (fastupdate = off)
            WHERE deleted_at IS NULL AND visibility = 0 AND NOT limited AND repost_of IS NULL;

        CREATE TABLE unresolved_mentions (
            post_id bigint PRIMARY KEY
        );

        -- What is popular, the best first, as of a moment: a walk through one of them meets no other order.
        CREATE TABLE explore_lists (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            made_at timestamptz NOT NULL,
            posts bigint[] NOT NULL
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE unresolved_mentions, explore_lists;
        ALTER TABLE posts DROP COLUMN search;
        DROP FUNCTION search_text, search_moments;
        ALTER TABLE posts ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', content)) STORED;
        CREATE INDEX posts_by_words ON posts USING gin (search) WHERE deleted_at IS NULL;
        """);
}
