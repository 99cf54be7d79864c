using System.Text;
using Pulse.PostService.Texts;

namespace Pulse.PostService.Tests.Texts;

public sealed class TagFoldingTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // All that have a character; beyond them is nothing but what is free for private use.
    private const string CodePoints = "(SELECT generate_series(1, 55295) code UNION ALL SELECT generate_series(57344, 205743) UNION ALL SELECT generate_series(917504, 918015)) codes";

    // Postgres has tables of its own, made by others.
    [Fact]
    public async Task Decompose_EveryCodePoint_IsWhatPostgresSays()
    {
        List<string> different = [];
        await foreach (var (rune, expected) in ReadAsync($"SELECT code, normalize(chr(code), NFKD) FROM {CodePoints}"))
        {
            var mine = string.Concat(Decomposition.Apply([rune]));
            if (mine != expected) different.Add($"U+{rune.Value:X4}: {Codes(mine)}, not {Codes(expected)}");
        }

        Assert.Empty(different);
    }

    [Fact]
    public async Task Decompose_MarksOfEveryClass_AreInTheOrderOfPostgres()
    {
        List<string> different = [];
        // Every mark before and behind others of low, middle and high classes.
        await foreach (var (text, expected) in ReadTextsAsync(
            """
            SELECT text, normalize(text, NFKD)
            FROM (SELECT 'a' || a || chr(code) || b || a AS text FROM generate_series(768, 125258) code, (VALUES (U&'\0334', U&'\0345'), (U&'\0323', U&'\0301'), (U&'\05b0', U&'\0f39')) pairs (a, b)
                WHERE code NOT BETWEEN 55296 AND 57343 AND normalize(U&'\0345' || chr(code) || U&'\0334', NFKD) <> U&'\0345' || normalize(chr(code), NFKD) || U&'\0334') marks
            """))
        {
            var mine = string.Concat(Decomposition.Apply(text.EnumerateRunes()));
            if (mine != expected) different.Add($"{Codes(text)}: {Codes(mine)}, not {Codes(expected)}");
        }

        Assert.Empty(different);
    }

    // Two letters are one tag for the one if they are for the other.
    [Fact]
    public async Task Fold_EveryLetter_IsTheSameAsWhatTheCaseFoldingOfPostgresMakesOfIt()
    {
        List<string> different = [];
        await foreach (var (rune, folded) in ReadAsync($"""SELECT code, casefold(normalize(chr(code), NFKD) COLLATE "pg_unicode_fast") FROM {CodePoints}"""))
        {
            if (TagFolding.Fold(rune.ToString()) != TagFolding.Fold(folded)) different.Add($"U+{rune.Value:X4} and {Codes(folded)}");
        }

        Assert.Empty(different);
    }

    [Theory]
    [InlineData("Café", "CAFE\u0301")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ﬃ", "FFI")]
    [InlineData("ＴＡＧ", "tag")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8")]
    [InlineData("ệ", "e\u0302\u0323")]
    [InlineData("ᾳ\u0301", "α\u0301\u0345")]
    [InlineData("\u212b", "å")]
    [InlineData("a\u200db\ufe0f", "ab")]
    public void Fold_SameForReaders_IsSame(string one, string other) => Assert.Equal(TagFolding.Fold(one), TagFolding.Fold(other));

    [Theory]
    [InlineData("a", "á")]
    [InlineData("ı", "i")]
    [InlineData("は", "ば")]
    [InlineData("क", "क्")]
    [InlineData("é", "è")]
    public void Fold_OtherLetters_AreOther(string one, string other) => Assert.NotEqual(TagFolding.Fold(one), TagFolding.Fold(other));

    private static string Codes(string text) => string.Join(' ', text.EnumerateRunes().Select(rune => $"{rune.Value:X4}"));

    private async IAsyncEnumerable<(Rune Rune, string Text)> ReadAsync(string query)
    {
        await using var command = app.Database.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        while (await reader.ReadAsync(Ct)) yield return (new Rune(reader.GetInt32(0)), reader.GetString(1));
    }

    private async IAsyncEnumerable<(string Text, string Other)> ReadTextsAsync(string query)
    {
        await using var command = app.Database.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        while (await reader.ReadAsync(Ct)) yield return (reader.GetString(0), reader.GetString(1));
    }
}
