using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Pulse.Contracts;

namespace Pulse.PostService.Data;

/// <summary>The model as of the last migration; a test compares it with the model of today.</summary>
[DbContext(typeof(PostDbContext))]
internal sealed class PostDbContextModelSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.HasAnnotation("Relational:MaxIdentifierLength", 63);
        modelBuilder.Entity("Pulse.Messaging.Outbox.OutboxMessage", outbox =>
        {
            outbox.Property<long>("Id").ValueGeneratedNever().HasColumnType("bigint").HasColumnName("id");
            outbox.Property<string>("Topic").IsRequired().HasColumnType("text").HasColumnName("topic");
            outbox.Property<string>("Type").IsRequired().HasColumnType("text").HasColumnName("type");
            outbox.Property<string>("GroupKey").IsRequired().HasColumnType("text").HasColumnName("group_key");
            outbox.Property<string>("Body").IsRequired().HasColumnType("text").HasColumnName("body");
            outbox.Property<string>("TraceParent").HasColumnType("text").HasColumnName("trace_parent");
            outbox.Property<DateTimeOffset>("CreatedAt").HasColumnType("timestamp with time zone").HasColumnName("created_at");
            outbox.Property<DateTimeOffset?>("PublishedAt").HasColumnType("timestamp with time zone").HasColumnName("published_at");
            outbox.HasKey("Id");
            outbox.ToTable("outbox");
        });
        modelBuilder.Entity("Pulse.PostService.Data.Post", post =>
        {
            post.Property<long>("Id").ValueGeneratedNever().HasColumnType("bigint").HasColumnName("id");
            post.Property<long>("AuthorId").HasColumnType("bigint").HasColumnName("author_id");
            post.Property<string>("Content").IsRequired().HasColumnType("text").HasColumnName("content");
            post.Property<PostVisibility>("Visibility").HasConversion<short>().HasColumnType("smallint").HasColumnName("visibility");
            post.Property<long?>("InReplyTo").HasColumnType("bigint").HasColumnName("in_reply_to");
            post.Property<long?>("InReplyToAuthor").HasColumnType("bigint").HasColumnName("in_reply_to_author");
            post.Property<DateTimeOffset>("CreatedAt").HasColumnType("timestamp with time zone").HasColumnName("created_at");
            post.Property<DateTimeOffset?>("EditedAt").HasColumnType("timestamp with time zone").HasColumnName("edited_at");
            post.Property<DateTimeOffset?>("DeletedAt").IsConcurrencyToken().HasColumnType("timestamp with time zone").HasColumnName("deleted_at");
            post.HasKey("Id");
            post.HasIndex("AuthorId", "Id").IsDescending(false, true).HasDatabaseName("posts_by_author").HasFilter("deleted_at IS NULL");
            post.ToTable("posts");
        });
    }
}
