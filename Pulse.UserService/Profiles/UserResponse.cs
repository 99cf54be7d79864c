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
public sealed record RelationshipResponse(bool Following, bool FollowedBy, bool Requested, bool Blocking, bool BlockedBy, bool Muting);
