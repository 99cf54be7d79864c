using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Pulse.Contracts;

namespace Pulse.PostService.Data.Migrations;

/// <summary>The model as of the last migration; a test compares it with the model of today.</summary>
[DbContext(typeof(PostDbContext))]
internal sealed class PostDbContextModelSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        modelBuilder.HasAnnotation("Relational:MaxIdentifierLength", 63);
        modelBuilder.BuildModeration();
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
            post.Property<long?>("RepostOf").HasColumnType("bigint").HasColumnName("repost_of");
            post.Property<long?>("RepostOfAuthor").HasColumnType("bigint").HasColumnName("repost_of_author");
            post.Property<long?>("QuoteOf").HasColumnType("bigint").HasColumnName("quote_of");
            post.Property<long?>("QuoteOfAuthor").HasColumnType("bigint").HasColumnName("quote_of_author");
            post.Property<long[]>("Mentions").HasColumnType("bigint[]").HasColumnName("mentions");
            post.Property<string>("Media").HasColumnType("jsonb").HasColumnName("media");
            post.Property<bool>("Limited").HasColumnType("boolean").HasColumnName("limited");
            post.Property<int>("Revision").IsConcurrencyToken().HasColumnType("integer").HasColumnName("revision");
            post.Property<DateTimeOffset>("CreatedAt").HasColumnType("timestamp with time zone").HasColumnName("created_at");
            post.Property<DateTimeOffset?>("EditedAt").HasColumnType("timestamp with time zone").HasColumnName("edited_at");
            post.Property<DateTimeOffset?>("DeletedAt").IsConcurrencyToken().HasColumnType("timestamp with time zone").HasColumnName("deleted_at");
            post.HasKey("Id");
            post.HasIndex("AuthorId", "Id").IsDescending(false, true).HasDatabaseName("posts_by_author").HasFilter("deleted_at IS NULL");
            post.ToTable("posts");
        });
        modelBuilder.Entity("Pulse.PostService.Data.PostEdit", edit =>
        {
            edit.Property<long>("PostId").HasColumnType("bigint").HasColumnName("post_id");
            edit.Property<int>("Revision").HasColumnType("integer").HasColumnName("revision");
            edit.Property<string>("Content").IsRequired().HasColumnType("text").HasColumnName("content");
            edit.Property<DateTimeOffset>("WrittenAt").HasColumnType("timestamp with time zone").HasColumnName("written_at");
            edit.HasKey("PostId", "Revision");
            edit.ToTable("post_edits");
        });
        modelBuilder.Entity("Pulse.PostService.Data.PostTag", tag =>
        {
            tag.Property<string>("Tag").HasColumnType("text").HasColumnName("tag");
            tag.Property<long>("PostId").HasColumnType("bigint").HasColumnName("post_id");
            tag.HasKey("Tag", "PostId");
            tag.ToTable("post_tags");
        });
        modelBuilder.Entity("Pulse.PostService.Data.UnresolvedMention", unresolved =>
        {
            unresolved.Property<long>("PostId").ValueGeneratedNever().HasColumnType("bigint").HasColumnName("post_id");
            unresolved.HasKey("PostId");
            unresolved.ToTable("unresolved_mentions");
        });
        modelBuilder.Entity("Pulse.PostService.Data.PostCountStep", step =>
        {
            step.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint").HasColumnName("id");
            NpgsqlPropertyBuilderExtensions.UseIdentityByDefaultColumn(step.Property<long>("Id"));
            step.Property<long>("PostId").HasColumnType("bigint").HasColumnName("post_id");
            step.Property<short>("Likes").HasColumnType("smallint").HasColumnName("likes");
            step.Property<short>("Reposts").HasColumnType("smallint").HasColumnName("reposts");
            step.Property<short>("Replies").HasColumnType("smallint").HasColumnName("replies");
            step.HasKey("Id");
            step.ToTable("post_count_steps");
        });
        modelBuilder.Entity("Pulse.PostService.Data.IdempotencyKeyRow", key =>
        {
            key.Property<long>("UserId").HasColumnType("bigint").HasColumnName("user_id");
            key.Property<string>("Key").HasColumnType("text").HasColumnName("key");
            key.Property<byte[]>("RequestHash").IsRequired().HasColumnType("bytea").HasColumnName("request_hash");
            key.Property<long>("PostId").HasColumnType("bigint").HasColumnName("post_id");
            key.Property<DateTimeOffset>("CreatedAt").HasColumnType("timestamp with time zone").HasColumnName("created_at");
            key.HasKey("UserId", "Key");
            key.ToTable("idempotency_keys");
        });
        modelBuilder.Entity("Pulse.PostService.Data.MediaUpload", upload =>
        {
            upload.Property<long>("Id").ValueGeneratedNever().HasColumnType("bigint").HasColumnName("id");
            upload.Property<long>("OwnerId").HasColumnType("bigint").HasColumnName("owner_id");
            upload.Property<string>("ObjectKey").IsRequired().HasColumnType("text").HasColumnName("object_key");
            upload.Property<string>("ContentType").IsRequired().HasColumnType("text").HasColumnName("content_type");
            upload.Property<int>("SizeBytes").HasColumnType("integer").HasColumnName("size_bytes");
            upload.Property<int?>("Width").HasColumnType("integer").HasColumnName("width");
            upload.Property<int?>("Height").HasColumnType("integer").HasColumnName("height");
            upload.Property<string>("AltText").IsConcurrencyToken().HasColumnType("text").HasColumnName("alt_text");
            upload.Property<DateTimeOffset>("CreatedAt").HasColumnType("timestamp with time zone").HasColumnName("created_at");
            upload.Property<DateTimeOffset>("UploadUntil").HasColumnType("timestamp with time zone").HasColumnName("upload_until");
            upload.Property<long?>("PostId").IsConcurrencyToken().HasColumnType("bigint").HasColumnName("post_id");
            upload.Property<bool>("Condemned").IsConcurrencyToken().HasColumnType("boolean").HasColumnName("condemned");
            upload.Property<DateTimeOffset?>("DueAt").HasColumnType("timestamp with time zone").HasColumnName("due_at");
            upload.HasKey("Id");
            upload.ToTable("media");
        });
    }
}
