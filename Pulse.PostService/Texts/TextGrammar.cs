using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Pulse.PostService.Texts;

/// <summary>What a text names.</summary>
/// <param name="Names">Usernames in lower case, in the order of the text, none twice; whether there are such users is not known yet.</param>
/// <param name="Tags">Folded (<see cref="TagFolding"/>), in the order of the text, none twice.</param>
internal sealed record TextParts(IReadOnlyList<string> Names, IReadOnlyList<string> Tags);

/// <summary>
/// Finds the names and tags of a text. <c>@name</c>: 2 to 30 letters of ASCII, digits and underscores. <c>#tag</c>: letters, marks and digits of any script and
/// underscores, with at least one letter. Neither begins within a word, an e-mail address or a URL. One pass, in time that grows with the text and no faster.
/// </summary>
internal static class TextGrammar
{
    /// <summary>Names that count; what a text says beyond them is text.</summary>
    public const int MaxNames = 20;

    /// <summary>Tags that count.</summary>
    public const int MaxTags = 30;

    /// <summary>Characters of a tag; a longer one is none.</summary>
    public const int MaxTagLength = 100;

    // Folded, a letter may be many; an index of Postgres takes 2,700 bytes, which this is well below.
    private const int MaxFoldedLength = 400;
    private const int MinName = 2;
    private const int MaxName = 30;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    private static readonly SearchValues<char> AddressLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.%+-");
    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> AroundUrls = SearchValues.Create("\"<>");

    /// <summary>What stands before a place decides what may begin there.</summary>
    private enum Before
    {
        /// <summary>Nothing that could go on: a name or a tag may begin.</summary>
        Gap,

        /// <summary>A letter or digit: neither may.</summary>
        Word,

        /// <summary>A letter of a script that knows no case, and often no spaces either: both may.</summary>
        Uncased,

        /// <summary>What may be the local part of an address, or a tag: only a tag may begin.</summary>
        Address,

        /// <summary>An @: no name may begin.</summary>
        At,

        /// <summary>An ampersand: <c>&amp;#39;</c> is no tag.</summary>
        Ampersand,
    }

    /// <summary>The names and tags of <paramref name="text"/>, which may be anything.</summary>
    public static TextParts Read(string text)
    {
        List<string> names = [];
        List<string> tags = [];
        var before = Before.Gap;
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            if (NameLetters.Contains(rest[0])) at += PassRun(rest, ref before);
            else if (rest[0] is '@' or '＠' && IsAlone(rest)) at += PassName(rest, ref before, names);
            else if (rest[0] is '#' or '＃' && IsAlone(rest)) at += PassTag(rest, ref before, tags);
            else at += PassCluster(rest, ref before);
        }

        return new TextParts(names, tags);
    }

    /// <summary>Reads a tag that stands for itself, with or without its sign.</summary>
    /// <param name="text">Such as <c>#Pulse</c>.</param>
    /// <param name="tag">Folded.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryReadTag(string text, [NotNullWhen(true)] out string? tag)
    {
        var word = text is ['#' or '＃', ..] ? text[1..] : text;
        tag = WordRunes.LengthOfWord(word) == word.Length ? TagOf(word) : null;
        return tag is not null;
    }

    // A run of ASCII as it stands in words, addresses and hosts; with it, the URL that it begins.
    private static int PassRun(ReadOnlySpan<char> rest, ref Before before)
    {
        var length = LengthOf(rest, AddressLetters);
        var run = rest[..length];
        var behind = rest[length..];
        if (IsScheme(behind) || (IsHost(run) && behind is ['/', ..] or [':', >= '0' and <= '9', ..]))
        {
            before = Before.Gap;
            return length + LengthOfUrl(behind);
        }

        before = NameLetters.Contains(run[^1]) ? Before.Word : Before.Address;
        return length;
    }

    private static int PassName(ReadOnlySpan<char> rest, ref Before before, List<string> names)
    {
        var name = rest.Slice(1, LengthOf(rest[1..], NameLetters));
        // An address may have any letter before its @.
        var mayBegin = before is Before.Gap or Before.Ampersand || (before is Before.Uncased && !IsHost(rest.Slice(1, LengthOf(rest[1..], AddressLetters))));
        if (mayBegin && name.Length is >= MinName and <= MaxName && EndsName(rest[(1 + name.Length)..])) Add(names, name.ToString().ToLowerInvariant(), MaxNames);
        before = name.IsEmpty ? Before.At : Before.Word;
        return 1 + name.Length;
    }

    private static int PassTag(ReadOnlySpan<char> rest, ref Before before, List<string> tags)
    {
        var length = before is Before.Word or Before.Ampersand ? 0 : WordRunes.LengthOfWord(rest[1..]);
        // The scheme of a URL is looked at once more, as one.
        if (length == 0 || IsScheme(rest[(1 + length)..]))
        {
            before = Before.Gap;
            return 1;
        }

        if (TagOf(rest.Slice(1, length)) is { } tag) Add(tags, tag, MaxTags);
        before = Before.Address;
        return 1 + length;
    }

    private static int PassCluster(ReadOnlySpan<char> rest, ref Before before)
    {
        var length = StringInfo.GetNextTextElementLength(rest);
        var cluster = rest[..length];
        Rune.DecodeFromUtf16(cluster, out var first, out _);
        if (WordRunes.IsOfWord(cluster, begins: true)) before = WordRunes.IsLetter(first) && !HasCase(first) ? Before.Uncased : Before.Word;
        else if (WordRunes.IsMark(first) || WordRunes.IsJoiner(first)) before = before is Before.Word or Before.Uncased && !IsKeycap(cluster) ? before : Before.Gap;
        else if (cluster is ['.' or '%' or '+' or '-']) before = before is Before.Word or Before.Address ? Before.Address : Before.Gap;
        else before = cluster is ['&'] ? Before.Ampersand : Before.Gap;
        return length;
    }

    private static void Add(List<string> found, string one, int most)
    {
        if (found.Count < most && !found.Contains(one)) found.Add(one);
    }

    private static string? TagOf(ReadOnlySpan<char> word)
    {
        var (length, hasLetter) = (0, false);
        foreach (var rune in word.EnumerateRunes()) (length, hasLetter) = (length + 1, hasLetter || WordRunes.IsLetter(rune));
        if (!hasLetter || length > MaxTagLength) return null;

        // Some letters are taken apart into what is none, and nothing is left of the tag.
        var tag = TagFolding.Fold(word.ToString());
        return tag.Length is > 0 and <= MaxFoldedLength && tag.EnumerateRunes().Any(WordRunes.IsLetter) && WordRunes.LengthOfWord(tag) == tag.Length ? tag : null;
    }

    // A letter that has a case, or a mark, goes on with what looks like a name; one of another script begins something else.
    private static bool EndsName(ReadOnlySpan<char> behind)
    {
        if (behind.IsEmpty) return true;
        if (behind[0] is '@' or '＠' || IsScheme(behind)) return false;

        Rune.DecodeFromUtf16(behind, out var next, out _);
        return !WordRunes.IsMark(next) && !WordRunes.IsJoiner(next) && !HasCase(next);
    }

    private static bool HasCase(Rune letter) =>
        Rune.GetUnicodeCategory(letter) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsScheme(ReadOnlySpan<char> behind) => behind.StartsWith("://", StringComparison.Ordinal);

    // Its last label has letters alone: 1.5 is none.
    private static bool IsHost(ReadOnlySpan<char> run) => run.LastIndexOf('.') is > 0 and var dot && run.Length - dot > 2 && !run[(dot + 1)..].ContainsAnyExcept(Letters);

    // Up to a space, or a sign that no URL has in it as people write them.
    private static int LengthOfUrl(ReadOnlySpan<char> behind)
    {
        var length = 0;
        foreach (var rune in behind.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || (rune.IsAscii ? AroundUrls.Contains((char)rune.Value) : Rune.IsPunctuation(rune) || Rune.IsSymbol(rune))) break;
            length += rune.Utf16SequenceLength;
        }

        return length;
    }

    private static int LengthOf(ReadOnlySpan<char> text, SearchValues<char> letters) => text.IndexOfAnyExcept(letters) is >= 0 and var end ? end : text.Length;

    // With a mark on it a sign is another one: #️⃣ is the key of a telephone.
    private static bool IsAlone(ReadOnlySpan<char> text) => StringInfo.GetNextTextElementLength(text) == 1;

    private static bool IsKeycap(ReadOnlySpan<char> marks) => marks.Contains('\u20e3');
}
