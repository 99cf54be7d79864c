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
/// <param name="RepostOf">The post that this one shows in its place: it has no content of its own. Never a repost itself.</param>
/// <param name="RepostOfAuthorId">Who wrote that.</param>
/// <param name="QuoteOf">The post that this one quotes.</param>
/// <param name="QuoteOfAuthorId">Who wrote that.</param>
/// <param name="Mentions">Who is mentioned; null for nobody.</param>
/// <param name="Media">What is attached, in order; null for nothing.</param>
/// <param name="Limited">Whether nobody but the author sees it.</param>
/// <param name="Revision">Raised with every change of what the snapshot says: of two the greater one is newer.</param>
public sealed record PostSnapshot(
    PostId Id,
    UserId AuthorId,
    string Content,
    PostVisibility Visibility,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt = null,
    PostId? InReplyTo = null,
    UserId? InReplyToAuthorId = null,
    PostId? RepostOf = null,
    UserId? RepostOfAuthorId = null,
    PostId? QuoteOf = null,
    UserId? QuoteOfAuthorId = null,
    IReadOnlyList<UserId>? Mentions = null,
    IReadOnlyList<MediaSnapshot>? Media = null,
    bool Limited = false,
    int Revision = 0)
{
    /// <summary>The post that a reader sees: the one that a repost shows, else the post itself. Likes, counts and replies belong to it.</summary>
    [JsonIgnore]
    public PostId ContentId => RepostOf ?? Id;

    /// <summary>What stands in the place of a deleted post, so that a late fill cannot bring it back.</summary>
    public static ReadOnlySpan<byte> Tombstone => "deleted"u8;

    public static bool IsTombstone(ReadOnlySpan<byte> value) => value.SequenceEqual(Tombstone);

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, PublishedJson.Default.PostSnapshot);

    /// <exception cref="JsonException">The value is neither a snapshot nor was it checked for the tombstone.</exception>
    public static PostSnapshot Decode(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, PublishedJson.Default.PostSnapshot) ?? throw new JsonException("The snapshot is null.");
}

/// <summary>A picture of a post.</summary>
/// <param name="Id">The upload that it came with.</param>
/// <param name="Url">Where anybody gets its bytes.</param>
/// <param name="ContentType">Such as <c>image/png</c>.</param>
/// <param name="Width">In pixels; null when unknown.</param>
/// <param name="Height">In pixels; null when unknown.</param>
/// <param name="AltText">What it shows, for those who do not see it; null for none.</param>
public sealed record MediaSnapshot(MediaId Id, string Url, string ContentType, int? Width = null, int? Height = null, string? AltText = null);

/// <summary>Hydration reads a hundred of these per page, so their (de)serializers are generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PostSnapshot))]
[JsonSerializable(typeof(AuthorCard))]
internal sealed partial class PublishedJson : JsonSerializerContext;
