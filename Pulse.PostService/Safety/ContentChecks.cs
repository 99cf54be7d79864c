using Pulse.Contracts.Ids;

namespace Pulse.PostService.Safety;

/// <summary>All checks of a text.</summary>
internal sealed class ContentChecks(IEnumerable<IContentCheck> checks, Floods floods, SafetyTelemetry telemetry)
{
    /// <param name="author">Who publishes.</param>
    /// <param name="content">The text of a post.</param>
    /// <param name="altTexts">Those of its pictures, which are published with it. Floods are counted by the post's own.</param>
    /// <param name="ct">Ends the checks.</param>
    /// <returns>What the checks say, and what is to be counted besides when the post is written; null for nothing.</returns>
    public async Task<(Verdict Verdict, CountedText? Counted)> CheckAsync(UserId author, string content, IEnumerable<string> altTexts, CancellationToken ct)
    {
        var text = new CheckedText(author, content, FoldedText.Of(content));
        List<CheckedText> texts = [text, .. altTexts.Select(alt => new CheckedText(author, alt, FoldedText.Of(alt)))];
        texts.RemoveAll(one => one.Text.Length == 0);
        if (texts.Count == 0) return (Verdict.Allow, null);

        var verdict = Verdict.Allow;
        foreach (var one in texts)
        {
            foreach (var check in checks) verdict = verdict.And(await check.CheckAsync(one, ct));
        }

        telemetry.Checked(verdict);
        return (verdict, floods.Of(text));
    }

    /// <summary>Counts a text in the transaction that writes it.</summary>
    public async Task<Verdict> CountAsync(UserId author, CountedText text, CancellationToken ct)
    {
        var verdict = await floods.CountAsync(author, text, ct);
        telemetry.Checked(verdict);
        return verdict;
    }

    /// <summary>The same for an edit, which is counted at once.</summary>
    public async Task<Verdict> CheckEditAsync(UserId author, string content, CancellationToken ct)
    {
        var (verdict, counted) = await CheckAsync(author, content, altTexts: [], ct);
        return verdict.Outcome == Outcome.Reject || counted is null ? verdict : verdict.And(await CountAsync(author, counted, ct));
    }
}
