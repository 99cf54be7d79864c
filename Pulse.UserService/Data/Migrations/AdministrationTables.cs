using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

[DbContext(typeof(UserDbContext))]
[Migration("20261121230000_Administration")]
internal sealed class AdministrationTables : Migration
{
    // No foreign keys: the record of what was done outlives whom it was done to.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE users ADD COLUMN role smallint NOT NULL DEFAULT 0;

        CREATE TABLE admin_actions (
            id bigint PRIMARY KEY,
            admin_id bigint NULL,
            target_id bigint NOT NULL,
            action text NOT NULL,
            reason text NULL,
            at timestamptz NOT NULL
        );
        CREATE INDEX admin_actions_target ON admin_actions (target_id, id);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE admin_actions; ALTER TABLE users DROP COLUMN role;");
}
