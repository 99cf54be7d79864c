using System.Text;

namespace Pulse.PostService.Texts;

/// <summary>
/// What tags are compared by: of the same letters, whatever their case, width or encoding, it is one. It is decomposed (see <see cref="Decomposition"/>), which
/// tells apart and unites the same texts as NFKC does, and needs no table of its own for putting together again.
/// </summary>
internal static class TagFolding
{
    private static readonly Rune[] DoubleS = [new('s'), new('s')];

    /// <returns>The same for every text that is to be the same tag; folded again, itself.</returns>
    public static string Fold(string tag)
    {
        if (tag.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')) return tag.ToLowerInvariant();

        // In its order before the case is folded: the iota below a Greek letter becomes a letter of its own. And once more after marks may have met.
        var folded = Decomposition.Apply(Decomposition.Apply(tag.EnumerateRunes()).SelectMany(FoldCase).Where(IsKept));
        StringBuilder text = new(folded.Count);
        // Without its letter a mark would belong to the # before it.
        foreach (var rune in folded.SkipWhile(WordRunes.IsMark)) text.Append(rune.ToString());
        return text.ToString();
    }

    // To upper case and back: some small letters share a capital, such as both forms of the sigma. Decomposed, one letter alone becomes two.
    private static Rune[] FoldCase(Rune rune) => rune.Value is 0xdf or 0x1e9e ? DoubleS : [Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune))];

    // Signs taken apart leave spaces behind.
    private static bool IsKept(Rune rune) => !WordRunes.IsUnseen(rune) && (WordRunes.IsBase(rune) || WordRunes.IsMark(rune) || WordRunes.IsInner(rune.Value));
}
