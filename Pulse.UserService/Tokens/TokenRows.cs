using Pulse.Contracts.Ids;

namespace Pulse.UserService.Tokens;

/// <summary>A refresh token as it rests: its SHA-256 alone. A token is good once; its successor has the same family.</summary>
internal sealed class RefreshToken
{
    public required byte[] Hash { get; init; }

    /// <summary>One login and all that it was renewed to.</summary>
    public required long Family { get; init; }

    public required UserId UserId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>A key that signs access tokens. The private part rests as PKCS#8 in the database of this service; a key service takes it over where there is one.</summary>
internal sealed class SigningKey
{
    public required string KeyId { get; init; }

    public required byte[] PrivateKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it takes over from the one before it.</summary>
    public required DateTimeOffset ActivatesAt { get; init; }
}
