using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Publishing;

/// <summary>Body of <c>POST /v1/posts</c>.</summary>
/// <param name="Content">1–500 characters as people count them (grapheme clusters). May be missing for a repost, which has none, and beside pictures.</param>
/// <param name="Text">The old name of <paramref name="Content"/>.</param>
/// <param name="Visibility">Public unless said otherwise.</param>
/// <param name="Vis">The old name of <paramref name="Visibility"/>.</param>
/// <param name="InReplyTo">A post that the author may see.</param>
/// <param name="RepostOf">A post to show as it is; everybody must be able to see it.</param>
/// <param name="QuoteOf">A post to show below the content; everybody must be able to see it.</param>
/// <param name="MediaIds">At most four uploads of the author's.</param>
/// <param name="MediaRefs">The old name of <paramref name="MediaIds"/>.</param>
public sealed record CreatePostRequest(
    string? Content = null,
    string? Text = null,
    PostVisibility? Visibility = null,
    PostVisibility? Vis = null,
    PostId? InReplyTo = null,
    PostId? RepostOf = null,
    PostId? QuoteOf = null,
    IReadOnlyList<MediaId>? MediaIds = null,
    IReadOnlyList<MediaId>? MediaRefs = null)
{
    internal const int MaxMedia = 4;

    /// <summary>Collects every mistake, so that a client corrects all of them at once.</summary>
    internal bool TryRead([NotNullWhen(true)] out PostDraft? draft, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        var content = Content ?? Text ?? "";
        var media = MediaIds ?? MediaRefs ?? [];
        Dictionary<string, string[]> errors = [];
        if (RepostOf is not null) CheckRepost(content, media, errors);
        else if (PostContent.Error(content, mayBeEmpty: media.Count > 0) is { } error) errors["content"] = [error];
        if (media.Count > MaxMedia) errors["media_ids"] = [$"A post has at most {MaxMedia} pictures."];
        else if (media.Distinct().Count() < media.Count) errors["media_ids"] = ["A picture is attached once."];

        draft = errors.Count == 0 ? new PostDraft(content, Visibility ?? Vis ?? PostVisibility.Public, new ReferenceIds(InReplyTo, RepostOf, QuoteOf), media) : null;
        problem = errors.Count == 0 ? null : Problem.Invalid(errors);
        return draft is not null;
    }

    private void CheckRepost(string content, IReadOnlyList<MediaId> media, Dictionary<string, string[]> errors)
    {
        if (content.Length > 0 || media.Count > 0) errors["content"] = ["A repost has no content of its own; quote_of has."];
        if (InReplyTo is not null || QuoteOf is not null) errors["repost_of"] = ["A repost neither answers nor quotes."];
        if ((Visibility ?? Vis ?? PostVisibility.Public) != PostVisibility.Public) errors["visibility"] = ["A repost is public."];
    }
}

/// <summary>What the text of a post must be, new or edited.</summary>
internal static class PostContent
{
    internal const int MaxClusters = 500;

    // A cluster has no greatest length: one letter takes any number of accents. This is above 500 of the longest emoji.
    internal const int MaxLength = 8_000;

    /// <returns>Null when it is fine.</returns>
    public static string? Error(string content, bool mayBeEmpty)
    {
        if (mayBeEmpty && content.Length == 0) return null;
        if (content.EnumerateRunes().All(IsBlank)) return "A post needs content.";
        // Postgres cannot store it.
        if (content.Contains('\0')) return "The content must not contain U+0000.";
        if (content.Length > MaxLength) return "The content is too large.";
        return HasMoreClustersThan(MaxClusters, content) ? $"The content is longer than {MaxClusters} characters." : null;
    }

    // Characters of format direct how others look, and are nothing to look at.
    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    private static bool HasMoreClustersThan(int limit, string text)
    {
        // No text has more clusters than UTF-16 units.
        if (text.Length <= limit) return false;

        var rest = text.AsSpan();
        for (var clusters = 0; clusters < limit && !rest.IsEmpty; clusters++) rest = rest[StringInfo.GetNextTextElementLength(rest)..];
        return !rest.IsEmpty;
    }
}
