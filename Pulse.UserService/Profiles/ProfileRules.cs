using System.Globalization;
using Pulse.UserService.Accounts;

namespace Pulse.UserService.Profiles;

/// <summary>What the fields of a profile may hold.</summary>
internal static class ProfileRules
{
    private const int MaxBio = 300;
    private const int MaxAvatarUrl = 1_000;

    // A character as people count them has no greatest length: one letter takes any number of accents.
    private const int MaxBioLength = 3_000;

    /// <summary>Every mistake of every field, by its name in JSON.</summary>
    public static Dictionary<string, string[]> Check(ProfileChange change)
    {
        Dictionary<string, string[]> errors = [];
        if (change.DisplayName is { } name && !AccountRules.IsDisplayName(name))
        {
            errors["display_name"] = [AccountRules.DisplayNameRule];
        }

        if (change.Bio is { } bio && !IsBio(bio)) errors["bio"] = [$"A bio has at most {MaxBio} characters, and of control characters only line breaks."];
        if (!string.IsNullOrEmpty(change.AvatarUrl) && !IsAvatarUrl(change.AvatarUrl))
        {
            errors["avatar_url"] = [$"A picture has an absolute http or https address of at most {MaxAvatarUrl} characters."];
        }

        return errors;
    }

    private static bool IsBio(string text) =>
        text.Length <= MaxBioLength
        && new StringInfo(text.Trim()).LengthInTextElements <= MaxBio
        && !text.Any(character => char.IsControl(character) && character is not ('\n' or '\r'));

    private static bool IsAvatarUrl(string text) =>
        text.Length <= MaxAvatarUrl
        // The parser trims, and lets spaces, invisible characters and what ends an attribute pass inside.
        && !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character) || char.GetUnicodeCategory(character) == UnicodeCategory.Format || character is '"' or '<' or '>' or '\\')
        && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Host.Length > 0
        // Whoever sees the profile would log in there.
        && address.UserInfo.Length == 0;
}
