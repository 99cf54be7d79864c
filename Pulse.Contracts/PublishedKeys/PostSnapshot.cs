using System.Text.Json;
using System.Text.Json.Serialization;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.PublishedKeys;

/// <summary>What every reader needs to show a post and to decide whether a viewer may see it; the value of <see cref="PostKeys.Snapshot"/>.</summary>
/// <param name="Id">The post.</param>
/// <param name="AuthorId">Who wrote it.</param>
/// <param name="Content">Its text.</param>
/// <param name="Visibility">Who may see it.</param>
/// <param name="CreatedAt">The time in its id.</param>
/// <param name="EditedAt">When it was last changed; null if never.</param>
/// <param name="InReplyTo">The post that it answers; null for none.</param>
/// <param name="InReplyToAuthorId">Who wrote that; null for none, or from a version that did not keep it.</param>
public sealed record PostSnapshot(
    PostId Id,
    UserId AuthorId,
    string Content,
    PostVisibility Visibility,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt = null,
    PostId? InReplyTo = null,
    UserId? InReplyToAuthorId = null)
{
    /// <summary>What stands in the place of a deleted post, so that a late fill cannot bring it back.</summary>
    public static ReadOnlySpan<byte> Tombstone => "deleted"u8;

    public static bool IsTombstone(ReadOnlySpan<byte> value) => value.SequenceEqual(Tombstone);

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, PublishedJson.Default.PostSnapshot);

    /// <exception cref="JsonException">The value is neither a snapshot nor was it checked for the tombstone.</exception>
    public static PostSnapshot Decode(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, PublishedJson.Default.PostSnapshot) ?? throw new JsonException("The snapshot is null.");
}

/// <summary>Hydration reads a hundred of these per page, so their (de)serializers are generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PostSnapshot))]
[JsonSerializable(typeof(AuthorCard))]
internal sealed partial class PublishedJson : JsonSerializerContext;
