using Microsoft.EntityFrameworkCore;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Moderation;

namespace Pulse.PostService.Data;

internal sealed class PostDbContext(DbContextOptions<PostDbContext> options) : DbContext(options)
{
    public DbSet<Post> Posts => Set<Post>();

    public DbSet<PostEdit> Edits => Set<PostEdit>();

    public DbSet<PostTag> Tags => Set<PostTag>();

    public DbSet<UnresolvedMention> UnresolvedMentions => Set<UnresolvedMention>();

    /// <summary>Written with what they count; <c>Engagement</c> folds and reads them.</summary>
    public DbSet<PostCountStep> CountSteps => Set<PostCountStep>();

    public DbSet<IdempotencyKeyRow> IdempotencyKeys => Set<IdempotencyKeyRow>();

    public DbSet<MediaUpload> Media => Set<MediaUpload>();

    public DbSet<ReportCase> Cases => Set<ReportCase>();

    public DbSet<Report> Reports => Set<Report>();

    /// <summary>Rows are added and never changed.</summary>
    public DbSet<ModerationEntry> ModerationEntries => Set<ModerationEntry>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.AddModeration();
        modelBuilder.Entity<Post>(post =>
        {
            post.ToTable("posts");
            post.HasKey(row => row.Id);
            post.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            post.Property(row => row.AuthorId).HasColumnName("author_id");
            post.Property(row => row.Content).HasColumnName("content");
            post.Property(row => row.Visibility).HasColumnName("visibility").HasConversion<short>();
            post.Property(row => row.InReplyTo).HasColumnName("in_reply_to");
            post.Property(row => row.InReplyToAuthor).HasColumnName("in_reply_to_author");
            post.Property(row => row.RepostOf).HasColumnName("repost_of");
            post.Property(row => row.RepostOfAuthor).HasColumnName("repost_of_author");
            post.Property(row => row.QuoteOf).HasColumnName("quote_of");
            post.Property(row => row.QuoteOfAuthor).HasColumnName("quote_of_author");
            post.Property(row => row.Mentions).HasColumnName("mentions");
            post.Property(row => row.Media).HasColumnName("media").HasColumnType("jsonb");
            post.Property(row => row.Limited).HasColumnName("limited");
            post.Property(row => row.Revision).HasColumnName("revision").IsConcurrencyToken();
            post.Ignore(row => row.ContentId);
            post.Property(row => row.CreatedAt).HasColumnName("created_at");
            post.Property(row => row.EditedAt).HasColumnName("edited_at");
            // Of several deletes at once one wins, so that one event tells of it.
            post.Property(row => row.DeletedAt).HasColumnName("deleted_at").IsConcurrencyToken();
            // Without the deleted ones, so that counting an author's posts reads nothing but this index.
            post.HasIndex(row => new { row.AuthorId, row.Id })
                .HasDatabaseName("posts_by_author")
                .IsDescending(false, true)
                .HasFilter("deleted_at IS NULL");
        });
        modelBuilder.Entity<PostEdit>(edit =>
        {
            edit.ToTable("post_edits");
            edit.HasKey(row => new { row.PostId, row.Revision });
            edit.Property(row => row.PostId).HasColumnName("post_id");
            edit.Property(row => row.Revision).HasColumnName("revision");
            edit.Property(row => row.Content).HasColumnName("content");
            edit.Property(row => row.WrittenAt).HasColumnName("written_at");
        });
        modelBuilder.Entity<PostTag>(tag =>
        {
            tag.ToTable("post_tags");
            tag.HasKey(row => new { row.Tag, row.PostId });
            tag.Property(row => row.Tag).HasColumnName("tag");
            tag.Property(row => row.PostId).HasColumnName("post_id");
        });
        modelBuilder.Entity<UnresolvedMention>(unresolved =>
        {
            unresolved.ToTable("unresolved_mentions");
            unresolved.HasKey(row => row.PostId);
            unresolved.Property(row => row.PostId).HasColumnName("post_id").ValueGeneratedNever();
        });
        modelBuilder.Entity<PostCountStep>(step =>
        {
            step.ToTable("post_count_steps");
            step.HasKey(row => row.Id);
            step.Property(row => row.Id).HasColumnName("id").UseIdentityByDefaultColumn();
            step.Property(row => row.PostId).HasColumnName("post_id");
            step.Property(row => row.Likes).HasColumnName("likes");
            step.Property(row => row.Reposts).HasColumnName("reposts");
            step.Property(row => row.Replies).HasColumnName("replies");
        });
        modelBuilder.Entity<IdempotencyKeyRow>(key =>
        {
            key.ToTable("idempotency_keys");
            key.HasKey(row => new { row.UserId, row.Key });
            key.Property(row => row.UserId).HasColumnName("user_id");
            key.Property(row => row.Key).HasColumnName("key");
            key.Property(row => row.RequestHash).HasColumnName("request_hash");
            key.Property(row => row.PostId).HasColumnName("post_id");
            key.Property(row => row.CreatedAt).HasColumnName("created_at");
        });
        modelBuilder.Entity<MediaUpload>(upload =>
        {
            upload.ToTable("media");
            upload.HasKey(row => row.Id);
            upload.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            upload.Property(row => row.OwnerId).HasColumnName("owner_id");
            upload.Property(row => row.ObjectKey).HasColumnName("object_key");
            upload.Property(row => row.ContentType).HasColumnName("content_type");
            upload.Property(row => row.SizeBytes).HasColumnName("size_bytes");
            upload.Property(row => row.Width).HasColumnName("width");
            upload.Property(row => row.Height).HasColumnName("height");
            upload.Property(row => row.CreatedAt).HasColumnName("created_at");
            upload.Property(row => row.UploadUntil).HasColumnName("upload_until");
            upload.Property(row => row.DueAt).HasColumnName("due_at");
            // What a post says of its picture holds in the moment of its commit, and no two posts have the same one.
            upload.Property(row => row.AltText).HasColumnName("alt_text").IsConcurrencyToken();
            upload.Property(row => row.PostId).HasColumnName("post_id").IsConcurrencyToken();
            upload.Property(row => row.Condemned).HasColumnName("condemned").IsConcurrencyToken();
        });
    }
}
