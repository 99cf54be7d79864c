using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Pulse.PostService.Safety;

/// <summary>Refuses a post of too many links.</summary>
internal sealed partial class LinkCount(IOptions<SafetyOptions> options) : IContentCheck
{
    public const string Rule = "too-many-links";

    public ValueTask<Verdict> CheckAsync(CheckedText text, CancellationToken ct) => ValueTask.FromResult(
        Of(text.Text) > options.Value.MaxLinks ? Verdict.Reject(Rule, $"A post has at most {options.Value.MaxLinks} links.") : Verdict.Allow);

    public static int Of(string text) => Link().Count(text);

    [GeneratedRegex(@"(?:https?://|\bwww\.)\S", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Link();
}
