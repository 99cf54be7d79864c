using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Data;

public sealed class MigrationTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_AgainstSnapshot_HasNoPendingChange() =>
        Assert.False(await fixture.App.QueryAsync(db => Task.FromResult(db.Database.HasPendingModelChanges())));

    [Fact]
    public async Task Tables_AfterMigration_HaveTheColumnsOfTheModel() => await fixture.App.QueryAsync(async db =>
    {
        var actual = await db.Database.SqlQuery<string>(
            $"""
            SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS "Value"
            FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '__EFMigrationsHistory'
            """).ToListAsync(Ct);
        var expected = db.Model.GetRelationalModel().Tables
            .SelectMany(table => table.Columns.Select(column => $"{table.Name}.{column.Name} {column.StoreType} {(column.IsNullable ? "YES" : "NO")}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        return true;
    });
}
