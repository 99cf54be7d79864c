using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Paging;

/// <summary>Where a walk through a list ordered by one id stands: the last id of the page before. On the wire 9 bytes in base64url.</summary>
public readonly record struct KeysetCursor(long Last)
{
    private const byte Version = 2;
    private const int Length = 1 + Snowflake.ByteLength;

    public string Encode()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Last);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false for anything that <see cref="Encode"/> did not write.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out KeysetCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (!OpaqueCursor.TryDecode(text, bytes) || bytes[0] != Version) return false;

        cursor = new KeysetCursor(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]));
        return cursor.Last > 0;
    }
}
