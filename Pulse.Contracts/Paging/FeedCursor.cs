using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Paging;

/// <summary>
/// Where a walk through a feed stands: the last id that was <em>scanned</em> (not the last that was shown, so a page
/// emptied by rules still moves on), the first id of the walk, what the walk still owes, and what it must not show again. On the wire 17 bytes, or 18 and
/// 8 per owed and shown id, in base64url.
/// </summary>
public readonly record struct FeedCursor(PostId Scanned, PostId First)
{
    /// <summary>The most ids that a walk remembers to owe.</summary>
    public const int MaxOwed = 100;

    /// <summary>The most ids that a walk remembers to have shown: with those it owes about 5,400 characters, which the gateway takes in a query (<c>RequestLimits:MaxTarget</c>).</summary>
    public const int MaxShown = 400;

    private const byte Version = 1;
    private const byte VersionWithOwed = 2;
    private const byte VersionWithShown = 3;
    private const int Length = 1 + (2 * Snowflake.ByteLength);

    /// <summary>Posts below <see cref="Scanned"/> whose replies were shown, newest first; they belong on a later page even if no list has them yet. Null for none.</summary>
    public IReadOnlyList<PostId>? Owed { get; init; }

    /// <summary>Posts below <see cref="Scanned"/> that were shown already, because somebody reposted them, newest first. Null for none.</summary>
    public IReadOnlyList<PostId>? Shown { get; init; }

    public string Encode()
    {
        var (owed, shown) = (Owed ?? [], Shown ?? []);
        var header = shown.Count == 0 ? Length : Length + 1;
        Span<byte> bytes = stackalloc byte[header + ((owed.Count + shown.Count) * Snowflake.ByteLength)];
        bytes[0] = shown.Count > 0 ? VersionWithShown : owed.Count > 0 ? VersionWithOwed : Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Scanned.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + Snowflake.ByteLength)..], First.Value);
        if (shown.Count > 0) bytes[Length] = (byte)owed.Count;
        var rest = bytes[header..];
        foreach (var id in owed.Concat(shown))
        {
            BinaryPrimitives.WriteInt64BigEndian(rest, id.Value);
            rest = rest[Snowflake.ByteLength..];
        }

        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false for anything that <see cref="Encode"/> did not write.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out FeedCursor cursor)
    {
        cursor = default;
        var length = (text?.Length ?? 0) * 3 / 4;
        if (length is < Length or > Length + 1 + ((MaxOwed + MaxShown) * Snowflake.ByteLength)) return false;

        Span<byte> bytes = stackalloc byte[length];
        if (!OpaqueCursor.TryDecode(text, bytes)) return false;

        var (ids, owed) = (bytes[0], (length - Length) % Snowflake.ByteLength) switch
        {
            (Version, 0) when length == Length => (IdsAt([]), 0),
            (VersionWithOwed, 0) when length > Length => (IdsAt(bytes[Length..]), (length - Length) / Snowflake.ByteLength),
            (VersionWithShown, 1) when (length - Length) / Snowflake.ByteLength > bytes[Length] => (IdsAt(bytes[(Length + 1)..]), bytes[Length]),
            _ => ([], -1),
        };
        if (owed is < 0 or > MaxOwed || ids.Length - owed > MaxShown) return false;

        cursor = new FeedCursor(IdAt(bytes[1..]), IdAt(bytes[(1 + Snowflake.ByteLength)..]))
        {
            Owed = owed == 0 ? null : ids[..owed],
            Shown = owed == ids.Length ? null : ids[owed..],
        };
        return cursor.Scanned.Value > 0 && cursor.First >= cursor.Scanned && cursor.IsOrdered(cursor.Owed) && cursor.IsOrdered(cursor.Shown);
    }

    private bool IsOrdered(IReadOnlyList<PostId>? ids)
    {
        var above = Scanned;
        foreach (var id in ids ?? [])
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
