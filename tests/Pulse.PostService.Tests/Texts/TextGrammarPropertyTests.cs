using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Pulse.PostService.Texts;

namespace Pulse.PostService.Tests.Texts;

/// <summary>What holds for any text: of signs that mean something to the grammar, of whatever Unicode has, and of halves of characters.</summary>
[Trait("Category", "Property")]
public sealed partial class TextGrammarPropertyTests
{
    // Any odd number does; a seed alone must be enough to repeat a run.
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    private static readonly string[] Pieces =
    [
        "@", "＠", "#", "＃", "&", "/", ":", "://", ".", "-", "_", " ", "\n", "a", "B", "9", "alice", "https://", "example.com", "é", "e\u0301", "я", "ß", "ẞ", "ς", "İ", "ı", "日", "・", "·",
        "ー", "ｶﾞ", "한", "\u1112\u1161\u11ab", "ﷺ", "ﬁ", "𝐀", "①", "ͅ", "\u0301", "\u0323", "\u034f", "\u200c", "\u200d", "\ufe0f", "\u20e3", "❤️", "👩‍💻", "🇩🇪", "क्ष", "ㅤ", "\u202e", "\ud800", "\udc00", "\0",
    ];

    private static readonly Gen<string> Texts =
        from pieces in Gen.Frequency((5, Gen.Elements(Pieces)), (1, Gen.Choose(0, 0x10ffff).Select(Of))).ListOf()
        select string.Concat(pieces);

    [Fact]
    public void Read_AnyText_NamesAreUsernamesAndFewAndDistinct() => Check(text =>
    {
        var names = TextGrammar.Read(text).Names;
        return names.All(name => Username().IsMatch(name)) && names.Count <= TextGrammar.MaxNames && names.Distinct().Count() == names.Count;
    });

    [Fact]
    public void Read_AnyText_TagsAreReadAsTheyAreWritten() => Check(text =>
    {
        var tags = TextGrammar.Read(text).Tags;
        return tags.All(tag => TextGrammar.Read("#" + tag).Tags is [var same] && same == tag && TextGrammar.TryReadTag(tag, out var alone) && alone == tag)
            && TextGrammar.Read(string.Join(' ', tags.Select(tag => "#" + tag))).Tags.SequenceEqual(tags);
    });

    [Fact]
    public void Read_NameAfterAnyTextAndASpace_IsRead() => Check(text => TextGrammar.Read(Few(text) + " @last_one").Names.Contains("last_one") || text.Contains("@last_one", StringComparison.Ordinal));

    [Fact]
    public void Read_TagAfterAnyTextAndASpace_IsRead() => Check(text => TextGrammar.Read(Few(text) + " #last_one").Tags.Contains("last_one"));

    [Fact]
    public void Fold_AnyText_IsItselfFoldedAgain() => Check(text => TagFolding.Fold(text) is var folded && TagFolding.Fold(folded) == folded);

    [Fact]
    public void Fold_AnyText_IsTheSameForItsOtherForms() => Check(text =>
    {
        // In their order: the iota below a letter becomes a letter in upper case, and marks after it would be of that one.
        var decomposed = string.Concat(Decomposition.Apply(text.EnumerateRunes()));
        return ((string[])[decomposed, decomposed.ToUpperInvariant(), decomposed.ToLowerInvariant()]).All(form => TagFolding.Fold(form) == TagFolding.Fold(text));
    });

    // It would not end if the time grew faster than the text.
    [Theory(Timeout = 60_000)]
    [InlineData("@")]
    [InlineData("#")]
    [InlineData("a")]
    [InlineData("a.")]
    [InlineData("#a")]
    [InlineData("@a ")]
    [InlineData("@alice@")]
    [InlineData("a://")]
    [InlineData("#a://")]
    [InlineData("\u0301")]
    [InlineData("é")]
    [InlineData("👩‍")]
    [InlineData("🇩")]
    [InlineData("a·")]
    [InlineData("\ud800")]
    public async Task Read_ManyTimesTheSame_Ends(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 200_000));

        await Task.Run(() => TextGrammar.Read(text), TestContext.Current.CancellationToken);
    }

    // What counts no more does not hide what comes after it.
    private static string Few(string text) => text.Length <= 20 ? text : text[..20];

    private static string Of(int codePoint) => Rune.TryCreate(codePoint, out var rune) ? rune.ToString() : ((char)codePoint).ToString();

    /// <summary>The same texts each time; <c>PULSE_TEST_SEED</c> takes others, <c>PULSE_TEST_MINUTES</c> new ones and many more.</summary>
    private static void Check(Func<string, bool> holds)
    {
        var config = Config.QuickThrowOnFailure.WithEndSize(60);
        Prop.ForAll(Arb.From(Texts), holds).Check(Environment.GetEnvironmentVariable("PULSE_TEST_MINUTES") is null ? config.WithMaxTest(2_000).WithReplay(Seed, Gamma) : config.WithMaxTest(300_000));
    }

    private static ulong Seed => ulong.TryParse(Environment.GetEnvironmentVariable("PULSE_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    [GeneratedRegex("^[a-z0-9_]{2,30}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Username();
}
