using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Paging;

/// <summary>
/// Where a walk through a feed stands: the last id that was <em>scanned</em> (not the last that was shown, so a page
/// emptied by rules still moves on) and the first id of the walk. On the wire 17 bytes in base64url.
/// </summary>
public readonly record struct FeedCursor(PostId Scanned, PostId First)
{
    private const byte Version = 1;
    private const int Length = 1 + (2 * Snowflake.ByteLength);

    public string Encode()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Scanned.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + Snowflake.ByteLength)..], First.Value);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false for anything that <see cref="Encode"/> did not write.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out FeedCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (!OpaqueCursor.TryDecode(text, bytes) || bytes[0] != Version) return false;

        cursor = new FeedCursor(
            new PostId(BinaryPrimitives.ReadInt64BigEndian(bytes[1..])),
            new PostId(BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + Snowflake.ByteLength)..])));
        return cursor.Scanned.Value > 0 && cursor.First >= cursor.Scanned;
    }
}
