using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Pulse.PostService.Texts;

/// <summary>
/// The compatibility decomposition of Unicode (NFKD, UAX #15): texts that differ in their encoding alone become one. The framework's own is that of ICU, and
/// where there is none, as here, <see cref="string.Normalize()"/> leaves every text as it stands.
/// </summary>
internal static class Decomposition
{
    private const string Resource = "Pulse.PostService.Texts.unicode.txt";

    // Hangul syllables are the products of their letters (The Unicode Standard, 3.12).
    private const int FirstSyllable = 0xac00;
    private const int LastSyllable = 0xd7a3;
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int BeforeFirstTail = 0x11a7;
    private const int Vowels = 21;
    private const int Tails = 28;

    private static readonly FrozenDictionary<int, Rune[]> Parts;
    private static readonly FrozenDictionary<int, int> Classes;

    static Decomposition()
    {
        using var resource = typeof(Decomposition).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(resource);
        var sections = reader.ReadToEnd().Split("\n\n");
        Parts = Entries(sections[0]).ToFrozenDictionary(entry => entry.Of, entry => PartsOf(entry.Says, entry.Beyond));
        Classes = Entries(sections[1]).ToFrozenDictionary(entry => entry.Of, entry => int.Parse(entry.Says, CultureInfo.InvariantCulture));
    }

    /// <summary>Takes every character apart and puts the marks behind it in their order.</summary>
    public static List<Rune> Apply(IEnumerable<Rune> text)
    {
        List<Rune> parts = [];
        foreach (var rune in text)
        {
            if (Parts.TryGetValue(rune.Value, out var known)) parts.AddRange(known);
            else if (rune.Value is >= FirstSyllable and <= LastSyllable) AddLetters(parts, rune.Value - FirstSyllable);
            else parts.Add(rune);
        }

        OrderMarks(parts);
        return parts;
    }

    private static void AddLetters(List<Rune> parts, int syllable)
    {
        var (pair, tail) = Math.DivRem(syllable, Tails);
        var (lead, vowel) = Math.DivRem(pair, Vowels);
        parts.Add(new Rune(FirstLead + lead));
        parts.Add(new Rune(FirstVowel + vowel));
        if (tail > 0) parts.Add(new Rune(BeforeFirstTail + tail));
    }

    private static void OrderMarks(List<Rune> parts)
    {
        for (var start = 0; start < parts.Count; start++)
        {
            var first = start;
            while (start < parts.Count && ClassOf(parts[start]) > 0) start++;
            if (start - first < 2) continue;

            // Those of one class keep the order in which they were written.
            var ordered = parts.GetRange(first, start - first).OrderBy(ClassOf).ToList();
            for (var index = 0; index < ordered.Count; index++) parts[first + index] = ordered[index];
        }
    }

    private static int ClassOf(Rune rune) => Classes.GetValueOrDefault(rune.Value);

    /// <summary>What a section says of each code point, and how far that lies beyond the first of its range.</summary>
    private static IEnumerable<(int Of, string Says, int Beyond)> Entries(string section) =>
        from line in section.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        where !line.StartsWith('#')
        from entry in line.Split(';')
        let sides = entry.Split('=')
        let range = sides[0].Split('-')
        let first = CodePoint(range[0])
        from of in Enumerable.Range(first, CodePoint(range[^1]) - first + 1)
        select (of, sides[1], of - first);

    private static Rune[] PartsOf(string says, int beyond) => [.. says.Split(' ').Select(part => new Rune(CodePoint(part) + beyond))];

    private static int CodePoint(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
