using System.Diagnostics.CodeAnalysis;
using Pulse.PostService.Texts;

namespace Pulse.PostService.Discovery;

/// <summary>A word or a phrase of a search.</summary>
/// <param name="Text">As it was written, without its quotes.</param>
/// <param name="Excluded">No post with it is looked for.</param>
internal sealed record SearchTerm(string Text, bool Excluded);

/// <summary>
/// What somebody looks for. All words of one of the alternatives, between which stands <c>OR</c>; <c>"words in a row"</c>; <c>-none of it</c>;
/// besides all <c>#tags</c>, and <c>from:username</c>.
/// </summary>
/// <param name="Alternatives">Words of which all are asked for, but for the excluded ones.</param>
/// <param name="Tags">Folded; a post must have all.</param>
/// <param name="Authors">In lower case; more than one wrote no post.</param>
internal sealed record SearchQuery(IReadOnlyList<IReadOnlyList<SearchTerm>> Alternatives, IReadOnlyList<string> Tags, IReadOnlyList<string> Authors)
{
    public const int MaxLength = 200;

    private const string From = "from:";
    private const string Or = "OR";

    /// <returns>False when there is nothing to look for, or too much.</returns>
    public static bool TryRead(string? text, [NotNullWhen(true)] out SearchQuery? query)
    {
        query = null;
        text = text?.Trim();
        if (text is not { Length: > 0 and <= MaxLength } || text.Contains('\0')) return false;

        List<List<SearchTerm>> alternatives = [[]];
        SortedSet<string> tags = new(StringComparer.Ordinal);
        SortedSet<string> authors = new(StringComparer.Ordinal);
        foreach (var (term, quoted) in Terms(text))
        {
            if (quoted || term.Excluded) alternatives[^1].Add(term);
            else if (term.Text == Or) alternatives.Add([]);
            else if (term.Text is ['#' or '＃', ..] && TextGrammar.TryReadTag(term.Text, out var tag)) tags.Add(tag);
            else if (AuthorOf(term.Text) is { } author) authors.Add(author);
            else alternatives[^1].Add(term);
        }

        query = new SearchQuery([.. alternatives.Where(alternative => alternative.Count > 0)], [.. tags], [.. authors]);
        return true;
    }

    private static string? AuthorOf(string text)
    {
        if (!text.StartsWith(From, StringComparison.OrdinalIgnoreCase)) return null;

        var name = text[From.Length..];
        if (!name.StartsWith('@')) name = "@" + name;
        // Read like any other name, and nothing else beside it.
        return TextGrammar.Read(name).Names is [var author] && author.Length == name.Length - 1 ? author : null;
    }

    private static IEnumerable<(SearchTerm Term, bool Quoted)> Terms(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var excluded = text[at] == '-';
            if (excluded) at++;
            var quoted = at < text.Length && text[at] == '"';
            if (quoted) at++;
            var end = at;
            while (end < text.Length && (quoted ? text[end] != '"' : !char.IsWhiteSpace(text[end]) && text[end] != '"')) end++;
            if (end > at) yield return (new SearchTerm(text[at..end], excluded), quoted);

            at = quoted ? end + 1 : end;
        }
    }
}
