using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.PostService.Safety;

namespace Pulse.PostService.Tests.Safety;

public sealed class FoldedTextTests
{
    private static readonly BlockedTerms Terms = new(Options.Create(new SafetyOptions { BlockedTerms = ["viagra", "free money", "лохотрон", "赌场"], LimitedTerms = ["Scheiße"] }));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("viagra")]
    [InlineData("Buy VIAGRA now!")]
    [InlineData("#viagra")]
    [InlineData("ｖｉａｇｒａ")]
    [InlineData("víágrà")]
    [InlineData("via\u200bgra")]
    [InlineData("vi\u00adagra")]
    [InlineData("v i a g r a")]
    [InlineData("v.i.a.g.r.a")]
    [InlineData("v1agra")]
    [InlineData("vi@gr@")]
    [InlineData("vіаgrа")]
    [InlineData("free  money")]
    [InlineData("FREE-MONEY")]
    [InlineData("fr33 m0ney")]
    [InlineData("Лохотрон!")]
    [InlineData("网上赌场大全")]
    [InlineData("赌 场")]
    public async Task Check_BlockedTermHoweverWritten_IsRejected(string text) => Assert.Equal((Outcome.Reject, "blocked-term"), await CheckAsync(text));

    [Theory]
    [InlineData("")]
    [InlineData("viagrade")]
    [InlineData("free the money")]
    [InlineData("money free")]
    [InlineData("лохотронщик")]
    [InlineData("a b c")]
    [InlineData("\ud83d\udc4b")]
    public async Task Check_OtherText_IsAllowed(string text) => Assert.Equal((Outcome.Allow, ""), await CheckAsync(text));

    [Theory]
    [InlineData("scheisse")]
    [InlineData("SCHEISSE")]
    public async Task Check_LimitedTermInAnotherSpelling_IsAnotherWord(string text) => Assert.Equal((Outcome.Allow, ""), await CheckAsync(text));

    [Theory]
    [InlineData("scheiße")]
    [InlineData("So eine Scheiße")]
    public async Task Check_LimitedTerm_IsLimited(string text) => Assert.Equal((Outcome.Limit, "limited-term"), await CheckAsync(text));

    [Theory]
    [InlineData("Hello,  World", "hello world!")]
    [InlineData("ｈｅｌｌｏ wörld", "HELLO WORLD")]
    public void Joined_SameTextWrittenDifferently_IsOne(string one, string other) => Assert.Equal(FoldedText.Of(one).Joined, FoldedText.Of(other).Joined);

    [Fact]
    public void Of_AnyText_NeverThrows()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(char.MaxValue))]);

            var folded = FoldedText.Of(text);

            Assert.Equal(folded.Joined, FoldedText.Of(folded.Joined).Joined);
        }
    }

    private static async Task<(Outcome Outcome, string Rule)> CheckAsync(string text)
    {
        var verdict = await Terms.CheckAsync(new CheckedText(new UserId(1), text, FoldedText.Of(text)), Ct);
        return (verdict.Outcome, verdict.Rule);
    }
}
