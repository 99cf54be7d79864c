using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.UserService.Accounts;

/// <summary>A row of <c>users</c>.</summary>
internal sealed class Account
{
    /// <summary>The graph version of an account that never changed its graph.</summary>
    public const long FirstGraphVersion = 1;

    public required UserId Id { get; init; }

    /// <summary>As its owner writes it; unique whatever the case.</summary>
    public required string Username { get; init; }

    public required string Email { get; init; }

    public required string DisplayName { get; set; }

    public string Bio { get; set; } = "";

    public string? AvatarUrl { get; set; }

    /// <summary>Whether posts and lists are for approved followers only.</summary>
    public bool IsPrivate { get; set; }

    public AuthorStanding Standing { get; set; }

    /// <summary>Raised in the transaction of every change of what the author card shows.</summary>
    public long CardVersion { get; set; } = 1;

    public AccountRole Role { get; set; }

    /// <summary>Null for seeded accounts, which nobody logs in to.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Raised in the transaction of every change of what the user follows, whom he blocks or who blocks him.</summary>
    public long GraphVersion { get; set; } = FirstGraphVersion;

    public long FollowingCount { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the owner showed that he reads what is sent to <see cref="Email"/>; null until then.</summary>
    public DateTimeOffset? EmailVerifiedAt { get; init; }
}

/// <summary>What an account may do besides what everybody may.</summary>
internal enum AccountRole : short
{
    User,

    /// <summary>Suspends, limits and restores others.</summary>
    Admin,
}
