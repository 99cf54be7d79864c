using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;

namespace Pulse.PostService.Safety;

/// <summary>What of a text is counted against floods.</summary>
/// <param name="Fingerprint">The same for the same text; null for one that may be repeated.</param>
/// <param name="HasLinks">Whether it counts as a post with links.</param>
internal sealed record CountedText(long? Fingerprint, bool HasLinks);

/// <summary>
/// Counts what an author publishes, in Postgres: over all processes, and whether or not Redis is there. A count is taken in the transaction of its post, so that
/// one which does not commit has not been counted; equal posts of one author at the same moment wait for each other, and nobody else does.
/// </summary>
internal sealed class Floods(PostDbContext db, IOptions<SafetyOptions> options, TimeProvider clock)
{
    public const string SameTextRule = "duplicate-flood";
    public const string LinkRule = "link-flood";

    // All posts with links are one count, of no text.
    private const short SameTexts = 0;
    private const short PostsWithLinks = 1;

    /// <returns>Null when nothing of it is counted.</returns>
    public CountedText? Of(CheckedText text)
    {
        var joined = text.Folded.Joined;
        var counted = new CountedText(
            joined.Length < options.Value.MinFloodLetters ? null : BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(joined))),
            LinkCount.Of(text.Text) > 0);
        return counted is { Fingerprint: null, HasLinks: false } ? null : counted;
    }

    /// <summary>Counts a text. Not counted again is what an enclosing transaction takes back.</summary>
    public async Task<Verdict> CountAsync(UserId author, CountedText text, CancellationToken ct)
    {
        var verdict = Verdict.Allow;
        if (text.Fingerprint is { } fingerprint && await CountAsync(author, SameTexts, fingerprint, ct) > options.Value.MaxSameTexts)
        {
            verdict = Verdict.Reject(SameTextRule, "The same text was published too often; wait a while.");
        }

        if (text.HasLinks && await CountAsync(author, PostsWithLinks, 0, ct) > options.Value.MaxPostsWithLinks) verdict = verdict.And(Verdict.Limit(LinkRule));
        return verdict;
    }

    private async Task<int> CountAsync(UserId author, short kind, long fingerprint, CancellationToken ct)
    {
        var (now, oldest) = (clock.GetUtcNow(), clock.GetUtcNow() - options.Value.FloodWindow);
        return (await db.Database.SqlQuery<int>(
            $"""
            INSERT INTO flood_counts AS f (author_id, kind, fingerprint, count, began_at) VALUES ({author.Value}, {kind}, {fingerprint}, 1, {now})
            ON CONFLICT (author_id, kind, fingerprint) DO UPDATE
            SET count = CASE WHEN f.began_at > {oldest} THEN f.count + 1 ELSE 1 END, began_at = CASE WHEN f.began_at > {oldest} THEN f.began_at ELSE excluded.began_at END
            RETURNING count AS "Value"
            """).ToListAsync(ct)).Single();
    }
}
