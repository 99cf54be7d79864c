using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;

namespace Pulse.PostService.Engagement;

/// <summary>A post that somebody may have done something to, whether or not he still sees it.</summary>
internal sealed record EngagedPost(PostId Id, UserId AuthorId);

internal static class EngagedPosts
{
    /// <summary>The post that <paramref name="id"/> shows, also when it is deleted: what was done to it may be taken back. Null when there never was one.</summary>
    public static async Task<EngagedPost?> EngagedAsync(this PostDbContext db, PostId id, CancellationToken ct) =>
        await db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.Id == id.Value, ct) is { } row
            ? new EngagedPost(new PostId(row.ContentId), new UserId(row.RepostOfAuthor ?? row.AuthorId))
            : null;
}
