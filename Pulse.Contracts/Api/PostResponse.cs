using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Contracts.Api;

/// <summary>A post as every public call shows it.</summary>
public sealed record PostResponse(
    PostId Id,
    AuthorResponse Author,
    string Content,
    PostVisibility Visibility,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt,
    PostId? InReplyTo)
{
    public static PostResponse From(PostSnapshot post, AuthorCard author) =>
        new(post.Id, AuthorResponse.From(author), post.Content, post.Visibility, post.CreatedAt, post.EditedAt, post.InReplyTo);
}

/// <summary>The author of a post as every public call shows him.</summary>
public sealed record AuthorResponse(UserId Id, string Username, string DisplayName, string? AvatarUrl, bool IsCelebrity)
{
    public static AuthorResponse From(AuthorCard card) => new(card.Id, card.Username, card.DisplayName, card.AvatarUrl, card.IsCelebrity);
}
