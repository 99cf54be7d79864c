using System.Buffers.Binary;
using System.Globalization;

namespace Pulse.Contracts.Ids;

/// <summary>
/// The bits of an id: 41 bits of milliseconds since 2025-01-01Z, 10 bits of node, 12 bits of sequence.
/// The layout is Twitter's snowflake with an epoch of our own (docs/decisions/0006-snowflake-ids.md).
/// </summary>
public static class Snowflake
{
    public const int NodeBits = 10;
    public const int SequenceBits = 12;
    public const int MaxNode = (1 << NodeBits) - 1;
    public const int MaxSequence = (1 << SequenceBits) - 1;

    /// <summary>Bytes of an id as it stands in Redis, big-endian.</summary>
    public const int ByteLength = sizeof(long);

    /// <summary>2025-01-01T00:00:00Z in Unix milliseconds.</summary>
    public const long EpochMilliseconds = 1_735_689_600_000;

    /// <summary>Builds an id. <paramref name="milliseconds"/> counts from the epoch above.</summary>
    public static long Compose(long milliseconds, int node, int sequence) =>
        (milliseconds << (NodeBits + SequenceBits)) | ((long)node << SequenceBits) | (uint)sequence;

    /// <summary>Milliseconds since the epoch above at which the id was minted.</summary>
    public static long MillisecondsOf(long id) => id >> (NodeBits + SequenceBits);

    /// <summary>When the id was minted, to the millisecond.</summary>
    public static DateTimeOffset TimeOf(long id) => DateTimeOffset.FromUnixTimeMilliseconds(EpochMilliseconds + MillisecondsOf(id));

    /// <summary>The least id that can have been minted at <paramref name="time"/>.</summary>
    public static long FirstAt(DateTimeOffset time) =>
        Compose(Math.Max(0, time.ToUnixTimeMilliseconds() - EpochMilliseconds), 0, 0);

    /// <summary>Accepts plain positive decimal digits only, so that one id has one spelling.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        // The framework's parser lets leading zeros and trailing NULs pass.
        return text is ['1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9', ..]
            && !text.ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public static byte[] ToBytes(long id)
    {
        var bytes = new byte[ByteLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id);
        return bytes;
    }

    public static long FromBytes(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes);
}
