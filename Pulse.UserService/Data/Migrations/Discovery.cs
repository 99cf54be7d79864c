using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.UserService.Data.Migrations;

[DbContext(typeof(UserDbContext))]
[Migration("20261121220000_Discovery")]
internal sealed class Discovery : Migration
{
    // Trusted since Postgres 13: the owner of the database may create it.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX users_names ON users USING gin (lower(username) gin_trgm_ops, lower(display_name) gin_trgm_ops);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP INDEX users_names;");
}
