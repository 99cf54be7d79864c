using System.Globalization;
using System.Text;

namespace Pulse.PostService.Texts;

/// <summary>What words are made of, in every script.</summary>
internal static class WordRunes
{
    private const int FullWidthUnderscore = 0xff3f;

    public static bool IsLetter(Rune rune) => Rune.IsLetter(rune) && !IsUnseen(rune);

    /// <summary>Whether a word can begin with it: a letter, a digit or the underscore.</summary>
    public static bool IsBase(Rune rune) =>
        rune.Value is '_' or FullWidthUnderscore || (Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber) || IsLetter(rune);

    /// <summary>Whether it belongs to the character before it: an accent, a vowel sign.</summary>
    public static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Joins letters, or keeps them from joining, and shows nothing itself: Persian and the scripts of India write with them.</summary>
    public static bool IsJoiner(Rune rune) => rune.Value is 0x200c or 0x200d;

    /// <summary>
    /// Stands inside of words and never at their ends: the middle dots of Catalan and Japanese, the marks of Hebrew abbreviations, the syllable sign of Tibetan
    /// (UAX #31, tables 3 and 3a).
    /// </summary>
    public static bool IsInner(int rune) => rune is 0xb7 or 0x387 or 0x5f3 or 0x5f4 or 0xf0b or 0x30fb or 0xff65;

    /// <summary>Letters and marks that nobody sees, so that two words with and without them look the same: fillers, joiners, selectors of a variant.</summary>
    public static bool IsUnseen(Rune rune) => IsJoiner(rune)
        || rune.Value is 0x34f or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or (>= 0x180b and <= 0x180f) or 0x3164 or (>= 0xfe00 and <= 0xfe0f) or 0xffa0 or (>= 0xe0100 and <= 0xe01ef);

    /// <summary>Whether a character as people count them is one of a word.</summary>
    /// <param name="cluster">The character: a letter, several that are written as one, such as the conjuncts of India, or a vowel sign of Burma by itself.</param>
    /// <param name="begins">Whether the word begins with it.</param>
    public static bool IsOfWord(ReadOnlySpan<char> cluster, bool begins)
    {
        foreach (var rune in cluster.EnumerateRunes())
        {
            if (!IsBase(rune) && (begins || !(IsMark(rune) || IsJoiner(rune)))) return false;
            begins = false;
        }

        return true;
    }

    /// <summary>How many letters of <paramref name="text"/>, from its beginning, are one word.</summary>
    public static int LengthOfWord(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length)
        {
            var next = end + NextCluster(text[end..]);
            if (!IsOfWord(text[end..next], begins: end == 0))
            {
                // The one in the middle counts with the one behind it.
                if (end == 0 || next - end != 1 || !IsInner(text[end]) || next == text.Length) break;

                var inner = next;
                next += NextCluster(text[next..]);
                if (!IsOfWord(text[inner..next], begins: true)) break;
            }

            end = next;
        }

        return end;
    }

    private static int NextCluster(ReadOnlySpan<char> text) => StringInfo.GetNextTextElementLength(text);
}
