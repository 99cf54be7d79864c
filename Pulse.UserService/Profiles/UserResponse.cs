using System.Text.Json.Serialization;
using Pulse.Contracts.Ids;
using Pulse.UserService.Accounts;

namespace Pulse.UserService.Profiles;

/// <summary>A user as every public call shows him.</summary>
public sealed record UserResponse(
    UserId Id,
    string Username,
    string DisplayName,
    string Bio,
    string? AvatarUrl,
    bool IsPrivate,
    bool IsCelebrity,
    long FollowersCount,
    long FollowingCount,
    long? PostsCount,
    DateTimeOffset CreatedAt)
{
    /// <summary>How the caller and this user stand to each other; absent without a caller.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RelationshipResponse? Relationship { get; init; }

    /// <summary>Whether the user showed that he reads his e-mail address; for himself alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EmailVerified { get; init; }

    internal static UserResponse From(Account user, long followers, bool isCelebrity) => new(
        user.Id,
        user.Username,
        user.DisplayName,
        user.Bio,
        user.AvatarUrl,
        user.IsPrivate,
        isCelebrity,
        followers,
        user.FollowingCount,
        PostsCount: null,
        user.CreatedAt);
}

/// <summary>How the caller and another user stand to each other.</summary>
/// <param name="Following">The caller follows the other.</param>
/// <param name="FollowedBy">The other follows the caller.</param>
/// <param name="Requested">The caller has asked to follow the other.</param>
/// <param name="Blocking">The caller blocks the other.</param>
/// <param name="BlockedBy">The other blocks the caller.</param>
/// <param name="Muting">The caller mutes the other.</param>
/// <param name="Notifying">The caller wants to be told of every post of the other, or will once he may follow.</param>
public sealed record RelationshipResponse(bool Following, bool FollowedBy, bool Requested, bool Blocking, bool BlockedBy, bool Muting, bool Notifying = false);
