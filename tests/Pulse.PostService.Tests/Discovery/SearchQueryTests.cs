using Pulse.PostService.Discovery;

namespace Pulse.PostService.Tests.Discovery;

public sealed class SearchQueryTests
{
    [Theory]
    [InlineData("one", "one")]
    [InlineData("  one   two ", "one two")]
    [InlineData("one -two", "one -two")]
    [InlineData("\"one two\" three", "[one two] three")]
    [InlineData("-\"one two\"", "-[one two]")]
    [InlineData("\"one", "one")]
    [InlineData("one\"two three\"four", "one [two three] four")]
    [InlineData("one OR two three", "one | two three")]
    [InlineData("one or two", "one or two")]
    [InlineData("OR one OR OR", "one")]
    [InlineData("\"OR\" one", "OR one")]
    [InlineData("#Tag #TAG one", "one #tag")]
    [InlineData("#b ＃a", "#a #b")]
    [InlineData("#1 # -#tag", "#1 # -#tag")]
    [InlineData("\"#tag\"", "#tag")]
    [InlineData("from:Alice FROM:@alice one", "one @alice")]
    [InlineData("from:alice from:bob", "@alice @bob")]
    [InlineData("from: from:a from:@ from:a-b from:al@b", "from: from:a from:@ from:a-b from:al@b")]
    [InlineData("-", "")]
    [InlineData("\"\"", "")]
    public void TryRead_Text_IsReadAsPeopleMeanIt(string text, string expected)
    {
        Assert.True(SearchQuery.TryRead(text, out var query));

        var words = string.Join(" | ", query.Alternatives.Select(alternative => string.Join(' ', alternative.Select(Written))));
        string[] parts = [words, .. query.Tags.Select(tag => "#" + tag), .. query.Authors.Select(author => "@" + author)];
        Assert.Equal(expected, string.Join(' ', parts.Where(part => part.Length > 0)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("a\0b")]
    public void TryRead_NothingToLookFor_IsRefused(string? text) => Assert.False(SearchQuery.TryRead(text, out _));

    [Fact]
    public void TryRead_TooLong_IsRefused()
    {
        Assert.True(SearchQuery.TryRead(new string('a', SearchQuery.MaxLength), out _));
        Assert.False(SearchQuery.TryRead(new string('a', SearchQuery.MaxLength + 1), out _));
    }

    private static string Written(SearchTerm term) => (term.Excluded ? "-" : "") + (term.Text.Contains(' ', StringComparison.Ordinal) ? $"[{term.Text}]" : term.Text);
}
