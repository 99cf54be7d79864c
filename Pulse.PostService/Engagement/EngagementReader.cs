using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;

namespace Pulse.PostService.Engagement;

/// <summary>Counts of posts, and what viewers have done to them, out of Postgres: one query for a list.</summary>
internal sealed class EngagementReader(PostDbContext db)
{
    /// <summary>Counts as of this moment, steps that are not folded yet included; for posts that nobody did anything to, zero.</summary>
    public async Task<Dictionary<PostId, PostCounts>> CountsAsync(IReadOnlyCollection<PostId> posts, CancellationToken ct)
    {
        long[] ids = [.. posts.Select(post => post.Value)];
        var rows = await db.Database.SqlQuery<CountsRow>(
            $"""
            SELECT p.id AS "Id",
                greatest(coalesce(c.likes, 0) + coalesce(s.likes, 0)::bigint, 0) AS "Likes",
                greatest(coalesce(c.reposts, 0) + coalesce(s.reposts, 0)::bigint, 0) AS "Reposts",
                greatest(coalesce(c.replies, 0) + coalesce(s.replies, 0)::bigint, 0) AS "Replies",
                coalesce(c.version, 0) AS "Version"
            FROM unnest({ids}) p(id)
            LEFT JOIN post_counts c ON c.post_id = p.id
            LEFT JOIN LATERAL (
                SELECT sum(likes) AS likes, sum(reposts) AS reposts, sum(replies) AS replies FROM post_count_steps WHERE post_id = p.id) s ON true
            """).ToListAsync(ct);
        return rows.ToDictionary(row => new PostId(row.Id), row => new PostCounts(new PostId(row.Id), row.Likes, row.Reposts, row.Replies, row.Version));
    }

    /// <summary>Those of <paramref name="posts"/> that <paramref name="viewer"/> has liked, reposted or bookmarked.</summary>
    public async Task<Dictionary<PostId, PostMarks>> MarksAsync(UserId? viewer, IReadOnlyCollection<PostId> posts, CancellationToken ct)
    {
        if (viewer is not { } user) return [];

        long[] ids = [.. posts.Select(post => post.Value)];
        var rows = await db.Database.SqlQuery<MarksRow>(
            $"""
            SELECT * FROM (
                SELECT p.id AS "Id",
                    EXISTS (SELECT FROM likes WHERE post_id = p.id AND user_id = {user.Value}) AS "Liked",
                    EXISTS (SELECT FROM posts WHERE author_id = {user.Value} AND repost_of = p.id AND deleted_at IS NULL) AS "Reposted",
                    EXISTS (SELECT FROM bookmarks WHERE user_id = {user.Value} AND post_id = p.id) AS "Bookmarked"
                FROM unnest({ids}) p(id)) m
            WHERE "Liked" OR "Reposted" OR "Bookmarked"
            """).ToListAsync(ct);
        return rows.ToDictionary(row => new PostId(row.Id), row => new PostMarks(new PostId(row.Id), row.Liked, row.Reposted, row.Bookmarked));
    }

    private sealed record CountsRow(long Id, long Likes, long Reposts, long Replies, long Version);

    private sealed record MarksRow(long Id, bool Liked, bool Reposted, bool Bookmarked);
}
