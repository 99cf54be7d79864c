using System.Globalization;
using System.Text.Json;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.PublishedKeys;

/// <summary>How an account stands with the administrators. What a version does not know counts as suspended: the rules let through what they know.</summary>
public enum AuthorStanding : short
{
    Active,

    /// <summary>His posts are for his followers only.</summary>
    Limited,

    /// <summary>Nobody but himself sees the account or anything of it.</summary>
    Suspended,
}

/// <summary>What every reader shows of an author, and what the rules ask about him; the value of <see cref="UserKeys.Card"/>.</summary>
/// <param name="Id">The author.</param>
/// <param name="Username">As he writes it.</param>
/// <param name="DisplayName">What is shown beside it.</param>
/// <param name="AvatarUrl">Null for none.</param>
/// <param name="IsCelebrity">Whether he has so many followers that his posts are pulled.</param>
/// <param name="IsPrivate">Whether his posts are for approved followers only.</param>
/// <param name="Standing">See <see cref="AuthorStanding"/>.</param>
/// <param name="Version">Raised with every change of what the card shows: of two cards the greater one is newer. 0 from a version that told neither privacy nor standing.</param>
public sealed record AuthorCard(
    UserId Id,
    string Username,
    string DisplayName,
    string? AvatarUrl,
    bool IsCelebrity,
    bool IsPrivate = false,
    AuthorStanding Standing = AuthorStanding.Active,
    long Version = 0)
{
    /// <summary>Stands in where nobody could tell: named by his id, or as his token names him.</summary>
    public static AuthorCard Unknown(UserId id, string? username = null)
    {
        var name = username ?? id.Value.ToString(CultureInfo.InvariantCulture);
        return new AuthorCard(id, name, name, AvatarUrl: null, IsCelebrity: false);
    }

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, PublishedJson.Default.AuthorCard);

    /// <exception cref="JsonException">The value is not a card.</exception>
    public static AuthorCard Decode(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, PublishedJson.Default.AuthorCard) ?? throw new JsonException("The card is null.");
}
