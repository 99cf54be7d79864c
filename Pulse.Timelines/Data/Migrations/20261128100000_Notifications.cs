using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Timelines.Data.Migrations;

[DbContext(typeof(TimelineDbContext))]
[Migration("20261128100000_Notifications")]
internal sealed class Notifications : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        -- What a user has been told: the greatest number given out, under the lock of this row, so that numbers commit in their order. One whose
        -- account is gone keeps his row, so that nothing is told him any more.
        CREATE TABLE notification_boxes (
            user_id bigint PRIMARY KEY,
            newest bigint NOT NULL DEFAULT 0,
            read_up_to bigint NOT NULL DEFAULT 0,
            groups integer NOT NULL DEFAULT 0, -- at most so many
            gone boolean NOT NULL DEFAULT false
        ) WITH (fillfactor = 70);

        -- What is shown as one notification. first: the number of its first act. newest: that of its last one, ended or not; never lowered.
        CREATE TABLE notification_groups (
            user_id bigint NOT NULL,
            first bigint NOT NULL,
            kind smallint NOT NULL,
            subject bigint NOT NULL,
            newest bigint NOT NULL,
            began_at timestamptz NOT NULL,
            subject_gone boolean NOT NULL DEFAULT false,
            PRIMARY KEY (user_id, first)
        );
        CREATE UNIQUE INDEX notification_groups_by_place ON notification_groups (user_id, newest DESC);
        CREATE INDEX notification_groups_of_subject ON notification_groups (user_id, kind, subject, first DESC);
        CREATE INDEX notification_groups_by_age ON notification_groups (newest);

        -- Who did what, once. Ended acts stay with their version, so that order and repeats of events do not matter; one whose end came first has no number.
        -- version: of kinds that a post tells, the id of that post.
        CREATE TABLE notification_acts (
            user_id bigint NOT NULL,
            kind smallint NOT NULL,
            subject bigint NOT NULL,
            actor bigint NOT NULL,
            version bigint NOT NULL,
            active boolean NOT NULL,
            number bigint NULL,
            first bigint NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (user_id, kind, subject, actor)
        );
        CREATE INDEX notification_acts_of_group ON notification_acts (user_id, first, number DESC) INCLUDE (actor, active, at) WHERE number IS NOT NULL;
        CREATE INDEX notification_acts_of_post ON notification_acts (version) WHERE active AND kind IN (3, 4, 5, 6, 8);
        CREATE INDEX notification_acts_of_actor ON notification_acts (actor) WHERE active;
        CREATE INDEX notification_acts_without_number ON notification_acts (at) WHERE number IS NULL;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE notification_acts, notification_groups, notification_boxes;");
}
