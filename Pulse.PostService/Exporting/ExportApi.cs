using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.PostService.Data;
using Pulse.ServiceDefaults.Authentication;

namespace Pulse.PostService.Exporting;

/// <summary>What an account takes with it beside its posts, page by page.</summary>
internal static class ExportApi
{
    private const int PageSize = 500;

    // A post has any number of edits.
    private const int PostsPerPage = 50;

    public static void MapExportApi(this IEndpointRouteBuilder routes)
    {
        var author = routes.MapInternalGroup().MapGroup("/authors/{id}");
        author.MapGet("/likes", ListLikes).WithName("ListOwnedLikes");
        author.MapGet("/bookmarks", ListBookmarks).WithName("ListOwnedBookmarks");
        author.MapGet("/edits", ListEdits).WithName("ListOwnedEdits");
    }

    internal static async Task<Ok<OwnedLikePage>> ListLikes(UserId id, PostId? after, PostDbContext db, CancellationToken ct)
    {
        var above = after?.Value ?? 0;
        var rows = await db.Database.SqlQuery<Like>(
            $"""
            SELECT post_id AS "Post", liked_at AS "At" FROM likes WHERE user_id = {id.Value} AND post_id > {above} ORDER BY post_id LIMIT {PageSize}
            """).ToListAsync(ct);
        return TypedResults.Ok(new OwnedLikePage(rows.ConvertAll(row => new OwnedLike(new PostId(row.Post), row.At))));
    }

    internal static async Task<Ok<OwnedBookmarkPage>> ListBookmarks(UserId id, PostId? after, PostDbContext db, CancellationToken ct)
    {
        var above = after?.Value ?? 0;
        var rows = await db.Database.SqlQuery<Bookmark>(
            $"""
            SELECT post_id AS "Post", id AS "Id" FROM bookmarks WHERE user_id = {id.Value} AND post_id > {above} ORDER BY post_id LIMIT {PageSize}
            """).ToListAsync(ct);
        return TypedResults.Ok(new OwnedBookmarkPage(rows.ConvertAll(row => new OwnedBookmark(new PostId(row.Post), Snowflake.TimeOf(row.Id)))));
    }

    internal static async Task<Ok<OwnedEditPage>> ListEdits(UserId id, PostId? after, PostDbContext db, CancellationToken ct)
    {
        var above = after?.Value ?? 0;
        var posts = await db.Posts
            .Where(post => post.AuthorId == id.Value && post.DeletedAt == null && post.Id > above && db.Edits.Any(edit => edit.PostId == post.Id))
            .OrderBy(post => post.Id)
            .Select(post => post.Id)
            .Take(PostsPerPage)
            .ToListAsync(ct);
        var rows = await db.Edits.AsNoTracking().Where(edit => posts.Contains(edit.PostId)).OrderBy(edit => edit.PostId).ThenBy(edit => edit.Revision).ToListAsync(ct);
        return TypedResults.Ok(new OwnedEditPage(rows.ConvertAll(row => new OwnedEdit(new PostId(row.PostId), row.Content, row.WrittenAt))));
    }

    private sealed record Like(long Post, DateTimeOffset At);

    private sealed record Bookmark(long Post, long Id);
}
