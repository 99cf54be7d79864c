using Pulse.Contracts.Ids;

namespace Pulse.PostService.Data;

/// <summary>A picture that was announced, then perhaps uploaded, then perhaps attached to a post; a row of <c>media</c>.</summary>
internal sealed class MediaUpload
{
    public required long Id { get; init; }

    public required long OwnerId { get; init; }

    /// <summary>Where it is in the bucket. Not to be guessed: who has it can read the object.</summary>
    public required string ObjectKey { get; init; }

    public required string ContentType { get; init; }

    public required int SizeBytes { get; init; }

    /// <summary>In pixels; null before it is attached.</summary>
    public int? Width { get; set; }

    /// <summary>In pixels; null before it is attached.</summary>
    public int? Height { get; set; }

    public string? AltText { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its link expires: until then the object may come at any moment, also after it was deleted.</summary>
    public required DateTimeOffset UploadUntil { get; init; }

    /// <summary>The post that it belongs to; never another one afterwards.</summary>
    public long? PostId { get; set; }

    /// <summary>Whether its object is deleted, or about to be. Nothing brings it back.</summary>
    public bool Condemned { get; init; }

    /// <summary>When the collection takes it up; null while its post stands.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public AttachedMedia ToAttached() => new(Id, ObjectKey, ContentType, Width, Height, AltText);

    /// <summary>Makes it a picture of a post. It is due no more.</summary>
    public void Attach(PostId post) => (PostId, DueAt) = (post.Value, null);
}
