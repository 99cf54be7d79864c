using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Contracts.Api;

/// <summary>A post as every public call shows it.</summary>
/// <param name="Id">Of a repost: its own, which differs from that of the post it shows.</param>
/// <param name="Author">Who wrote it; of a repost, who reposted.</param>
/// <param name="Content">Its text; empty for a repost, and where pictures say it all.</param>
/// <param name="Visibility">Who may see it.</param>
/// <param name="CreatedAt">When it was published.</param>
/// <param name="EditedAt">When its text was last changed.</param>
/// <param name="InReplyTo">The post that it answers.</param>
/// <param name="RepostOf">The post that it shows.</param>
/// <param name="QuoteOf">The post that it quotes; null when there is none, or the viewer may not see it.</param>
/// <param name="QuoteOfId">The id of the post that it quotes, also when that is gone.</param>
/// <param name="Media">Its pictures, in order.</param>
/// <param name="LikesCount">Of a repost: 0, as the other counts; they are in <paramref name="RepostOf"/>.</param>
/// <param name="RepostsCount">Plain reposts; quotes do not count.</param>
/// <param name="RepliesCount">Direct replies.</param>
/// <param name="Liked">Whether the viewer likes it; null while that can't be had.</param>
/// <param name="Reposted">Whether the viewer has reposted it; null while that can't be had.</param>
/// <param name="Bookmarked">Whether the viewer has bookmarked it; null while that can't be had.</param>
public sealed record PostResponse(
    PostId Id,
    AuthorResponse Author,
    string Content,
    PostVisibility Visibility,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt,
    PostId? InReplyTo,
    PostResponse? RepostOf,
    PostResponse? QuoteOf,
    PostId? QuoteOfId,
    IReadOnlyList<MediaResponse> Media,
    long LikesCount,
    long RepostsCount,
    long RepliesCount,
    bool? Liked,
    bool? Reposted,
    bool? Bookmarked)
{
    public static PostResponse From(ShownPost shown)
    {
        var post = shown.Post;
        return new PostResponse(
            post.Id,
            AuthorResponse.From(shown.Author),
            post.Content,
            post.Visibility,
            post.CreatedAt,
            post.EditedAt,
            post.InReplyTo,
            shown.RepostOf is { } original ? From(original) : null,
            shown.QuoteOf is { } quoted ? From(quoted) : null,
            post.QuoteOf,
            [.. (post.Media ?? []).Select(MediaResponse.From)],
            shown.Counts.Likes,
            shown.Counts.Reposts,
            shown.Counts.Replies,
            shown.Marks?.Liked,
            shown.Marks?.Reposted,
            shown.Marks?.Bookmarked);
    }
}

/// <summary>A post with all that is shown with it, for one viewer who may see all of that.</summary>
/// <param name="Post">The post.</param>
/// <param name="Author">The card of its author.</param>
/// <param name="Counts">Its counts; of a repost zero.</param>
/// <param name="Marks">What the viewer has done to it; null when that can't be had.</param>
/// <param name="RepostOf">What a repost shows.</param>
/// <param name="QuoteOf">What it quotes; what that quotes in turn is not shown.</param>
public sealed record ShownPost(
    PostSnapshot Post, AuthorCard Author, PostCounts Counts, PostMarks? Marks, ShownPost? RepostOf = null, ShownPost? QuoteOf = null);

/// <summary>The author of a post as every public call shows him.</summary>
public sealed record AuthorResponse(UserId Id, string Username, string DisplayName, string? AvatarUrl, bool IsCelebrity)
{
    public static AuthorResponse From(AuthorCard card) => new(card.Id, card.Username, card.DisplayName, card.AvatarUrl, card.IsCelebrity);
}

/// <summary>A picture of a post as every public call shows it.</summary>
/// <param name="Id">The upload that it came with.</param>
/// <param name="Url">Where anybody gets its bytes.</param>
/// <param name="ContentType">Such as <c>image/png</c>.</param>
/// <param name="Width">In pixels; null when unknown.</param>
/// <param name="Height">In pixels; null when unknown.</param>
/// <param name="AltText">What it shows, for those who do not see it.</param>
public sealed record MediaResponse(MediaId Id, string Url, string ContentType, int? Width, int? Height, string? AltText)
{
    public static MediaResponse From(MediaSnapshot media) => new(media.Id, media.Url, media.ContentType, media.Width, media.Height, media.AltText);
}
