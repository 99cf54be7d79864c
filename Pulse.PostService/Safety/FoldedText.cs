using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Pulse.PostService.Texts;

namespace Pulse.PostService.Safety;

/// <summary>
/// A text as checks compare it: its words without case, accents, width and what nobody sees, and letters that were spread out drawn together. What is written
/// to look like a word of Latin letters has that look as a second form.
/// </summary>
internal sealed class FoldedText
{
    // So many single letters in a row are one word, spread out; two are initials.
    private const int SpreadLetters = 3;

    // Digits, signs, and letters of Cyrillic and Greek that are drawn like Latin ones (a few of the confusables of UTS #39).
    private static readonly FrozenDictionary<int, int> LookAlikes = "0o1i3e4a5s7t@a$s!i|iаaеeоoрpсcуyхxіiјjѕsԁdһhαaεeιiκkοoρpτtυuχx".EnumerateRunes().Chunk(2)
        .ToFrozenDictionary(pair => pair[0].Value, pair => pair[1].Value);

    private FoldedText(IReadOnlyList<string> words, IReadOnlyList<string> looks) => (Words, Looks) = (words, looks);

    /// <summary>The words, in order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>What the words look like, in order; where signs stand for letters these are fewer words.</summary>
    public IReadOnlyList<string> Looks { get; }

    /// <summary>All letters and digits, by which equal texts are told, and words are found in scripts that put no spaces between them.</summary>
    public string Joined => string.Concat(Words);

    public static FoldedText Of(string text)
    {
        var runes = Decomposition.Apply(text.EnumerateRunes())
            .Where(rune => !WordRunes.IsMark(rune) && !WordRunes.IsUnseen(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            .Select(rune => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)))
            .ToList();
        return new FoldedText(DrawTogether(Split(runes, IsOfWord)), DrawTogether([.. Split(runes, rune => IsOfWord(rune) || LookAlikes.ContainsKey(rune.Value)).Select(LookOf)]));
    }

    private static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune);

    private static List<string> Split(List<Rune> runes, Func<Rune, bool> isOfWord)
    {
        List<string> words = [];
        StringBuilder word = new();
        foreach (var rune in runes)
        {
            if (isOfWord(rune)) word.Append(rune);
            else End();
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    // Only a word with a Latin letter in it pretends to be one: a word of Cyrillic letters alone is what it is.
    private static string LookOf(string word)
    {
        if (!word.Any(char.IsAsciiLetter)) return word;

        StringBuilder look = new(word.Length);
        foreach (var rune in word.EnumerateRunes()) look.Append(new Rune(LookAlikes.GetValueOrDefault(rune.Value, rune.Value)));
        return look.ToString();
    }

    private static List<string> DrawTogether(List<string> words)
    {
        List<string> drawn = [];
        for (var index = 0; index < words.Count;)
        {
            var single = words.Skip(index).TakeWhile(word => word.Length == 1).Count();
            if (single >= SpreadLetters)
            {
                drawn.Add(string.Concat(words.Skip(index).Take(single)));
                index += single;
            }
            else
            {
                drawn.Add(words[index++]);
            }
        }

        return drawn;
    }
}
