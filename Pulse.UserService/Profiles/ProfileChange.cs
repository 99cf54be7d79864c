namespace Pulse.UserService.Profiles;

/// <summary>Body of <c>PATCH /v1/users/me</c>: what is left out stays as it is.</summary>
/// <param name="DisplayName">1–50 characters as people count them (grapheme clusters), without control characters.</param>
/// <param name="Bio">At most 300 characters as people count them; empty for none.</param>
/// <param name="IsPrivate">Whether posts and lists are for approved followers only. A change to public accepts all who have asked.</param>
public sealed record ProfileChange(string? DisplayName = null, string? Bio = null, bool? IsPrivate = null)
{
    private readonly string? _avatarUrl;

    /// <summary>An absolute http or https address of at most 1,000 characters; null or empty takes the picture away.</summary>
    public string? AvatarUrl
    {
        get => _avatarUrl;
        // Called only for what stands in the body: null there is not the same as nothing.
        init => (_avatarUrl, NamesAvatar) = (value, true);
    }

    internal bool NamesAvatar { get; private init; }
}
