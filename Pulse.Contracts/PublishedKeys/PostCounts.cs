using System.Globalization;
using System.Text;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.PublishedKeys;

/// <summary>How often a post was liked, reposted and answered; the value of <see cref="PostKeys.Counts"/>.</summary>
/// <param name="Id">The post.</param>
/// <param name="Likes">Likes that stand.</param>
/// <param name="Reposts">Plain reposts that stand.</param>
/// <param name="Replies">Direct replies that stand, whoever may see them.</param>
/// <param name="Version">Raised with every change: of two the greater one is newer.</param>
public sealed record PostCounts(PostId Id, long Likes = 0, long Reposts = 0, long Replies = 0, long Version = 0)
{
    /// <summary>Four decimal numbers with colons between them: version, likes, reposts, replies.</summary>
    public string Encode() => string.Create(CultureInfo.InvariantCulture, $"{Version}:{Likes}:{Reposts}:{Replies}");

    /// <returns>Null when <paramref name="value"/> is no such value.</returns>
    public static PostCounts? Decode(PostId id, ReadOnlySpan<byte> value)
    {
        Span<long> numbers = stackalloc long[4];
        Span<Range> parts = stackalloc Range[5];
        var text = Encoding.UTF8.GetString(value).AsSpan();
        if (text.Split(parts, ':') != numbers.Length) return null;

        for (var index = 0; index < numbers.Length; index++)
        {
            if (!long.TryParse(text[parts[index]], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[index])) return null;
        }

        return new PostCounts(id, numbers[1], numbers[2], numbers[3], numbers[0]);
    }
}
