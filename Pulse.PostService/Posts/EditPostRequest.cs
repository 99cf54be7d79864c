namespace Pulse.PostService.Posts;

/// <summary>Body of <c>PATCH /v1/posts/{id}</c>.</summary>
/// <param name="Content">The new text, by the rules of a new post.</param>
/// <param name="Text">The old name of <paramref name="Content"/>.</param>
public sealed record EditPostRequest(string? Content = null, string? Text = null);
