using Microsoft.EntityFrameworkCore;
using Pulse.Messaging.Outbox;

namespace Pulse.PostService.Data;

internal sealed class PostDbContext(DbContextOptions<PostDbContext> options) : DbContext(options)
{
    public DbSet<Post> Posts => Set<Post>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
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
    }
}
