using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.PostService.Data.Migrations;

/// <summary>Reports, their cases, and what was decided about them.</summary>
[DbContext(typeof(PostDbContext))]
[Migration("20261128030000_Moderation")]
internal sealed class ModerationMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE report_cases (
            id bigint PRIMARY KEY,
            user_id bigint NOT NULL, -- who is reported, or wrote what is
            post_id bigint NULL,
            decision_id bigint NULL,
            due_at timestamptz NULL,
            refused boolean NOT NULL DEFAULT false
        );
        -- However many report at once: a post or a user has one open case.
        CREATE UNIQUE INDEX report_cases_one_of_post ON report_cases (post_id) WHERE decision_id IS NULL AND post_id IS NOT NULL;
        CREATE UNIQUE INDEX report_cases_one_of_user ON report_cases (user_id) WHERE decision_id IS NULL AND post_id IS NULL;
        CREATE INDEX report_cases_open ON report_cases (id) WHERE decision_id IS NULL;
        CREATE INDEX report_cases_resolved ON report_cases (id) WHERE decision_id IS NOT NULL;
        CREATE INDEX report_cases_of_user ON report_cases (user_id);
        CREATE INDEX report_cases_due ON report_cases (due_at) WHERE due_at IS NOT NULL;

        CREATE TABLE reports (
            id bigint PRIMARY KEY,
            case_id bigint NOT NULL REFERENCES report_cases,
            reporter_id bigint NULL,
            reason text NOT NULL,
            note text NULL,
            created_at timestamptz NOT NULL,
            UNIQUE (case_id, reporter_id)
        );
        CREATE INDEX reports_of_case ON reports (case_id, id DESC);
        CREATE INDEX reports_of_reporter ON reports (reporter_id) WHERE reporter_id IS NOT NULL;

        -- No foreign keys: the record of what was decided outlives what it was about.
        CREATE TABLE moderation_actions (
            id bigint PRIMARY KEY,
            admin_id bigint NULL,
            case_id bigint NOT NULL,
            action text NOT NULL,
            user_id bigint NOT NULL,
            post_id bigint NULL,
            note text NULL,
            at timestamptz NOT NULL
        );
        CREATE INDEX moderation_actions_of_post ON moderation_actions (post_id, id) WHERE post_id IS NOT NULL;
        CREATE FUNCTION keep_moderation_actions() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'moderation_actions is append only'; END $$;
        CREATE TRIGGER moderation_actions_are_kept BEFORE UPDATE OR DELETE ON moderation_actions
            FOR EACH ROW EXECUTE FUNCTION keep_moderation_actions();
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "DROP TABLE moderation_actions, reports, report_cases; DROP FUNCTION keep_moderation_actions;");
}
