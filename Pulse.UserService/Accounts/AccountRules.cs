using System.Globalization;
using System.Net.Mail;
using System.Text;
using System.Text.RegularExpressions;

namespace Pulse.UserService.Accounts;

/// <summary>What the fields of an account may hold.</summary>
internal static partial class AccountRules
{
    public const int MinPassword = 8;
    public const int MaxPassword = 128;
    public const int MaxDisplayName = 50;
    private const int MaxEmail = 254;

    /// <summary>What a bad display name is told.</summary>
    public static readonly string DisplayNameRule = $"A display name has 1 to {MaxDisplayName} characters, of which one shows, and no control characters.";

    // A character as people count them has no greatest length: one letter takes any number of accents.
    private const int MaxDisplayNameLength = 300;

    public static bool IsUsername(string? text) => text is not null && UsernamePattern().IsMatch(text);

    /// <summary>The form alone; whether it is read is found out by writing to it.</summary>
    public static bool IsEmail(string? text) =>
        text is { Length: <= MaxEmail }
        && EmailPattern().IsMatch(text)
        && MailAddress.TryCreate(text, out var address)
        && string.Equals(address.Address, text, StringComparison.Ordinal);

    /// <summary>Its length is in characters of Unicode: an emoji is one, although it takes two of a string.</summary>
    public static bool IsPassword(string? text) => text?.EnumerateRunes().Count() is >= MinPassword and <= MaxPassword;

    /// <summary>Every mistake of every field, by its name in JSON.</summary>
    public static Dictionary<string, string[]> Check(SignupRequest request)
    {
        Dictionary<string, string[]> errors = [];
        if (!IsUsername(request.Username)) errors["username"] = ["A username is 2 to 30 letters, digits and underscores."];
        if (!IsEmail(request.Email)) errors["email"] = ["This is not the form of an e-mail address."];
        if (!IsPassword(request.Password)) errors["password"] = [$"A password has {MinPassword} to {MaxPassword} characters."];
        if (request.DisplayName is { } name && !IsDisplayName(name)) errors["display_name"] = [DisplayNameRule];
        return errors;
    }

    public static bool IsDisplayName(string text) =>
        !string.IsNullOrWhiteSpace(text)
        && text.Length <= MaxDisplayNameLength
        && new StringInfo(text.Trim()).LengthInTextElements <= MaxDisplayName
        && !text.Any(character => char.IsControl(character) || IsReordering(character))
        && text.EnumerateRunes().Any(IsVisible);

    // They turn the order of what stands after the name too, or end its line.
    private static bool IsReordering(char character) => character is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';

    // A joiner inside of an emoji is fine; a name of nothing else looks like none. The fillers count as letters and symbols, and show nothing.
    private static bool IsVisible(Rune rune) =>
        !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
        && rune.Value is not (0x115f or 0x1160 or 0x2800 or 0x3164 or 0xffa0);

    [GeneratedRegex("^[A-Za-z0-9_]{2,30}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex UsernamePattern();

    [GeneratedRegex("^[\\x21-\\x7e]+@[\\x21-\\x7e]+\\.[A-Za-z0-9-]{2,}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex EmailPattern();
}
