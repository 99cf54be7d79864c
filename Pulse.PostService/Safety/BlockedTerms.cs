using System.Text;
using Microsoft.Extensions.Options;

namespace Pulse.PostService.Safety;

/// <summary>Refuses or limits what has a term of the operator's lists in it.</summary>
internal sealed class BlockedTerms(IOptions<SafetyOptions> options) : IContentCheck
{
    public const string BlockedRule = "blocked-term";
    public const string LimitedRule = "limited-term";

    private readonly TermList _blocked = new(options.Value.BlockedTerms);
    private readonly TermList _limited = new(options.Value.LimitedTerms);

    public ValueTask<Verdict> CheckAsync(CheckedText text, CancellationToken ct) => ValueTask.FromResult(
        _blocked.IsIn(text.Folded) ? Verdict.Reject(BlockedRule, "The content has a term in it that is not allowed here.")
        : _limited.IsIn(text.Folded) ? Verdict.Limit(LimitedRule)
        : Verdict.Allow);

    /// <summary>Terms by their first word, so that a text is gone through once, however many there are.</summary>
    private sealed class TermList
    {
        private readonly ILookup<string, IReadOnlyList<string>> _byFirstWord;
        private readonly string[] _unspaced;

        public TermList(IReadOnlyList<string> terms)
        {
            var folded = terms.Select(FoldedText.Of).Where(term => term.Words.Count > 0).ToList();
            _unspaced = [.. folded.Select(term => term.Joined).Where(term => term.EnumerateRunes().All(IsUnspaced))];
            _byFirstWord = folded.ToLookup(term => term.Words[0], term => term.Words, StringComparer.Ordinal);
        }

        public bool IsIn(FoldedText text) => IsIn(text.Words) || IsIn(text.Looks) || (_unspaced.Length > 0 && text.Joined is var joined && _unspaced.Any(term => joined.Contains(term, StringComparison.Ordinal)));

        // Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese.
        private static bool IsUnspaced(Rune letter) => letter.Value is (>= 0xe00 and <= 0xeff) or (>= 0x1000 and <= 0x109f) or (>= 0x1780 and <= 0x17ff)
            or (>= 0x2e80 and <= 0x9fff) or (>= 0xf900 and <= 0xfaff) or (>= 0x20000 and <= 0x3ffff);

        private bool IsIn(IReadOnlyList<string> words)
        {
            for (var index = 0; index < words.Count; index++)
            {
                foreach (var term in _byFirstWord[words[index]])
                {
                    if (term.Count <= words.Count - index && term.Select((word, at) => words[index + at] == word).All(same => same)) return true;
                }
            }

            return false;
        }
    }
}
