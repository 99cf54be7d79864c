using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Pulse.Messaging.Outbox;

/// <summary>The table <c>outbox</c>, the same in every database that has one.</summary>
public static class OutboxModel
{
    /// <summary>Maps <see cref="OutboxMessage"/>.</summary>
    public static void AddOutbox(this ModelBuilder model) => model.Entity<OutboxMessage>(outbox =>
    {
        outbox.ToTable("outbox");
        outbox.HasKey(message => message.Id);
        outbox.Property(message => message.Id).HasColumnName("id").ValueGeneratedNever();
        outbox.Property(message => message.Topic).HasColumnName("topic");
        outbox.Property(message => message.Type).HasColumnName("type");
        outbox.Property(message => message.GroupKey).HasColumnName("group_key");
        outbox.Property(message => message.Body).HasColumnName("body");
        outbox.Property(message => message.TraceParent).HasColumnName("trace_parent");
        outbox.Property(message => message.CreatedAt).HasColumnName("created_at");
        outbox.Property(message => message.PublishedAt).HasColumnName("published_at");
    });

    /// <summary>The migration step that creates the table; the partial index keeps finding pending rows cheap beside a day of published ones.</summary>
    public static void CreateOutbox(this MigrationBuilder migration) => migration.Sql(
        """
        CREATE TABLE outbox (
            id bigint PRIMARY KEY,
            topic text NOT NULL,
            type text NOT NULL,
            group_key text NOT NULL,
            body text NOT NULL,
            trace_parent text NULL,
            created_at timestamptz NOT NULL,
            published_at timestamptz NULL
        );
        CREATE INDEX outbox_pending ON outbox (id) WHERE published_at IS NULL;
        CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
        """);
}
