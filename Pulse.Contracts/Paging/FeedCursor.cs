using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Paging;

/// <summary>
/// Where a walk through a feed stands: the last id that was <em>scanned</em> (not the last that was shown, so a page
/// emptied by rules still moves on), the first id of the walk, and what the walk still owes. On the wire 17 bytes and 8 per
/// owed id in base64url.
/// </summary>
public readonly record struct FeedCursor(PostId Scanned, PostId First)
{
    /// <summary>The most ids that a walk remembers to owe.</summary>
    public const int MaxOwed = 100;

    private const byte Version = 1;
    private const byte VersionWithOwed = 2;
    private const int Length = 1 + (2 * Snowflake.ByteLength);

    /// <summary>Posts below <see cref="Scanned"/> whose replies were shown, newest first; they belong on a later page even if no list has them yet. Null for none.</summary>
    public IReadOnlyList<PostId>? Owed { get; init; }

    public string Encode()
    {
        var owed = Owed ?? [];
        Span<byte> bytes = stackalloc byte[Length + (owed.Count * Snowflake.ByteLength)];
        bytes[0] = owed.Count == 0 ? Version : VersionWithOwed;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Scanned.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + Snowflake.ByteLength)..], First.Value);
        for (var index = 0; index < owed.Count; index++) BinaryPrimitives.WriteInt64BigEndian(bytes[(Length + (index * Snowflake.ByteLength))..], owed[index].Value);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false for anything that <see cref="Encode"/> did not write.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out FeedCursor cursor)
    {
        cursor = default;
        var owed = ((text?.Length ?? 0) * 3 / 4 / Snowflake.ByteLength) - 2;
        if (owed is < 0 or > MaxOwed) return false;

        Span<byte> bytes = stackalloc byte[Length + (owed * Snowflake.ByteLength)];
        if (!OpaqueCursor.TryDecode(text, bytes) || bytes[0] != (owed == 0 ? Version : VersionWithOwed)) return false;

        cursor = new FeedCursor(IdAt(bytes[1..]), IdAt(bytes[(1 + Snowflake.ByteLength)..])) { Owed = owed == 0 ? null : IdsAt(bytes[Length..]) };
        return cursor.Scanned.Value > 0 && cursor.First >= cursor.Scanned && cursor.IsOrdered();
    }

    private bool IsOrdered()
    {
        var above = Scanned;
        foreach (var id in Owed ?? [])
        {
            if (id >= above || id.Value <= 0) return false;
            above = id;
        }

        return true;
    }

    private static PostId IdAt(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadInt64BigEndian(bytes));

    private static PostId[] IdsAt(ReadOnlySpan<byte> bytes)
    {
        var ids = new PostId[bytes.Length / Snowflake.ByteLength];
        for (var index = 0; index < ids.Length; index++) ids[index] = IdAt(bytes[(index * Snowflake.ByteLength)..]);
        return ids;
    }
}
