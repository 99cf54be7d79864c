using System.Text.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.PostService.Data;

/// <summary>A row of <c>posts</c>.</summary>
internal sealed class Post
{
    public required long Id { get; init; }

    public required long AuthorId { get; init; }

    /// <summary>Empty for a repost, and where pictures say it all.</summary>
    public required string Content { get; set; }

    public required PostVisibility Visibility { get; init; }

    public required long? InReplyTo { get; init; }

    /// <summary>Who wrote what this answers: the read path asks whether the viewer follows him. Null in replies older than the column.</summary>
    public long? InReplyToAuthor { get; init; }

    /// <summary>What a plain repost shows; never a repost itself.</summary>
    public long? RepostOf { get; init; }

    public long? RepostOfAuthor { get; init; }

    public long? QuoteOf { get; init; }

    public long? QuoteOfAuthor { get; init; }

    /// <summary>Who is mentioned, as of the last edit; null for nobody.</summary>
    public long[]? Mentions { get; set; }

    /// <summary>JSON of the attached <see cref="AttachedMedia"/>, in order; null for none. A copy of what their uploads were when it was published.</summary>
    public string? Media { get; init; }

    /// <summary>Whether nobody but the author sees it.</summary>
    public bool Limited { get; set; }

    /// <summary>Raised with every change of what a snapshot says; of several changes at once one wins.</summary>
    public int Revision { get; set; }

    /// <summary>The time in the id; a column of its own for those who ask the database.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>Deleted rows stay: a repeated delete, a report and the rebuild of a projection still ask for them.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The post that a reader sees; what a repost shows, else this one.</summary>
    public long ContentId => RepostOf ?? Id;

    public IReadOnlyList<AttachedMedia> AttachedMedia() =>
        Media is null ? [] : JsonSerializer.Deserialize<List<AttachedMedia>>(Media, JsonSerializerOptions.Web)!;

    /// <param name="mediaBase">Where pictures are served, with a slash at its end.</param>
    public PostSnapshot ToSnapshot(Uri mediaBase) => new(
        new PostId(Id),
        new UserId(AuthorId),
        Content,
        Visibility,
        CreatedAt,
        EditedAt,
        Named(InReplyTo, PostId.From),
        Named(InReplyToAuthor, UserId.From),
        Named(RepostOf, PostId.From),
        Named(RepostOfAuthor, UserId.From),
        Named(QuoteOf, PostId.From),
        Named(QuoteOfAuthor, UserId.From),
        Mentions is { Length: > 0 } ? Array.ConvertAll(Mentions, UserId.From) : null,
        Media is null ? null : [.. AttachedMedia().Select(media => media.ToSnapshot(mediaBase))],
        Limited,
        Revision);

    private static T? Named<T>(long? id, Func<long, T> name)
        where T : struct => id is { } value ? name(value) : null;
}

/// <summary>A picture of a post, as it stands in the row of the post.</summary>
/// <param name="Id">The upload.</param>
/// <param name="Key">Of the object in the bucket.</param>
/// <param name="ContentType">Such as <c>image/png</c>.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="AltText">What it shows; null for none.</param>
internal sealed record AttachedMedia(long Id, string Key, string ContentType, int? Width, int? Height, string? AltText)
{
    public MediaSnapshot ToSnapshot(Uri mediaBase) => new(new MediaId(Id), new Uri(mediaBase, Key).AbsoluteUri, ContentType, Width, Height, AltText);
}
