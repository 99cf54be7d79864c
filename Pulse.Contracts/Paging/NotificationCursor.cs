using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Paging;

/// <summary>
/// Where a walk through notifications stands: the last place that was looked at, and the newest thing that the reader had been told when the walk began.
/// What came after it is not of this walk, so that a group that moves up meanwhile keeps its place. On the wire 17 bytes in base64url.
/// </summary>
public readonly record struct NotificationCursor(NotificationId Scanned, NotificationId Newest)
{
    private const byte Version = 4;
    private const int Length = 1 + (2 * Snowflake.ByteLength);

    public string Encode()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Scanned.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + Snowflake.ByteLength)..], Newest.Value);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false for anything that <see cref="Encode"/> did not write.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out NotificationCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (!OpaqueCursor.TryDecode(text, bytes) || bytes[0] != Version) return false;

        cursor = new NotificationCursor(
            new NotificationId(BinaryPrimitives.ReadInt64BigEndian(bytes[1..])), new NotificationId(BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + Snowflake.ByteLength)..])));
        return cursor.Scanned.Value > 0 && cursor.Newest.Value >= cursor.Scanned.Value;
    }
}
