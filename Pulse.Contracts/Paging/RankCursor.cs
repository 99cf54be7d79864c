using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Paging;

/// <summary>
/// Where a walk through a ranked list stands: the place of the last entry of the page before. The least rank comes first, within a rank the
/// greatest weight, within a weight the greatest id. On the wire 25 bytes in base64url.
/// </summary>
public readonly record struct RankCursor(long Rank, long Weight, long Last)
{
    private const byte Version = 3;
    private const int Length = 1 + (3 * Snowflake.ByteLength);

    /// <summary>Before every entry.</summary>
    public static readonly RankCursor Start = new(long.MinValue, long.MaxValue, long.MaxValue);

    public string Encode()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Rank);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Weight);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], Last);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false for anything that <see cref="Encode"/> did not write.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out RankCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (!OpaqueCursor.TryDecode(text, bytes) || bytes[0] != Version) return false;

        cursor = new RankCursor(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[9..]), BinaryPrimitives.ReadInt64BigEndian(bytes[17..]));
        return cursor.Last > 0;
    }
}
