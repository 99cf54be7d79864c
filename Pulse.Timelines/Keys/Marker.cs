using System.Buffers.Binary;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Keys;

/// <summary>
/// The last element of every timeline list, told from the ids by its length: 8 bytes floor, 8 bytes incarnation,
/// 8 bytes token, all big-endian. Ids at or above the floor are complete, ids below it are ignored.
/// </summary>
/// <param name="Floor">The least id from which on the list is complete; <see cref="Unfilled"/> while it is open but not yet filled.</param>
/// <param name="Incarnation">The life of Redis in which the list was built; in any other it is cold.</param>
/// <param name="Token">Changes whenever somebody else took the list over or cut it, so that a slow rebuilder cannot publish.</param>
public readonly record struct Marker(long Floor, ulong Incarnation, ulong Token)
{
    public const int ByteLength = 24;
    public const long Unfilled = long.MaxValue;

    public byte[] Encode()
    {
        var bytes = new byte[ByteLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Floor);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(Snowflake.ByteLength), Incarnation);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(2 * Snowflake.ByteLength), Token);
        return bytes;
    }

    public static Marker Decode(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[Snowflake.ByteLength..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[(2 * Snowflake.ByteLength)..]));
}
