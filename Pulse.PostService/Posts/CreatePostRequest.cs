using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Posts;

/// <summary>Body of <c>POST /v1/posts</c>.</summary>
/// <param name="Content">1–500 characters as people count them (grapheme clusters).</param>
/// <param name="Text">The old name of <paramref name="Content"/>.</param>
/// <param name="Visibility">Public unless said otherwise.</param>
/// <param name="Vis">The old name of <paramref name="Visibility"/>.</param>
/// <param name="InReplyTo">A post that the author may see.</param>
/// <param name="RepostOf">Not available yet.</param>
/// <param name="QuoteOf">Not available yet.</param>
/// <param name="MediaIds">Not available yet.</param>
/// <param name="MediaRefs">The old name of <paramref name="MediaIds"/>.</param>
public sealed record CreatePostRequest(
    string? Content = null,
    string? Text = null,
    PostVisibility? Visibility = null,
    PostVisibility? Vis = null,
    PostId? InReplyTo = null,
    JsonElement? RepostOf = null,
    JsonElement? QuoteOf = null,
    JsonElement? MediaIds = null,
    JsonElement? MediaRefs = null)
{
    internal const int MaxContentClusters = 500;

    // A cluster has no greatest length: one letter takes any number of accents. This is above 500 of the longest emoji.
    internal const int MaxContentLength = 8_000;

    /// <summary>Collects every mistake, so that a client corrects all of them at once.</summary>
    internal bool TryRead([NotNullWhen(true)] out PostDraft? draft, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        var content = Content ?? Text ?? "";
        Dictionary<string, string[]> errors = [];
        if (ContentError(content) is { } error) errors["content"] = [error];
        Refuse("repost_of", RepostOf);
        Refuse("quote_of", QuoteOf);
        Refuse("media_ids", MediaIds ?? MediaRefs);

        draft = errors.Count == 0 ? new PostDraft(content, Visibility ?? Vis ?? PostVisibility.Public, InReplyTo) : null;
        problem = errors.Count == 0 ? null : Problem.Invalid(errors);
        return draft is not null;

        void Refuse(string field, JsonElement? value)
        {
            var asksNothing = value is null or { ValueKind: JsonValueKind.Null } || (value is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0);
            if (!asksNothing) errors[field] = [$"{field} is not available yet."];
        }
    }

    private static string? ContentError(string content)
    {
        if (string.IsNullOrWhiteSpace(content)) return "A post needs content.";
        // Postgres cannot store it.
        if (content.Contains('\0')) return "The content must not contain U+0000.";
        if (content.Length > MaxContentLength) return "The content is too large.";
        return HasMoreClustersThan(MaxContentClusters, content) ? $"The content is longer than {MaxContentClusters} characters." : null;
    }

    private static bool HasMoreClustersThan(int limit, string text)
    {
        // No text has more clusters than UTF-16 units.
        if (text.Length <= limit) return false;

        var rest = text.AsSpan();
        for (var clusters = 0; clusters < limit && !rest.IsEmpty; clusters++) rest = rest[StringInfo.GetNextTextElementLength(rest)..];
        return !rest.IsEmpty;
    }
}

/// <summary>A post that may be written, but for its parent.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Visibility">Who may see it.</param>
/// <param name="InReplyTo">What it answers.</param>
/// <param name="InReplyToAuthor">Who wrote that; known once the parent has been looked up.</param>
internal sealed record PostDraft(string Content, PostVisibility Visibility, PostId? InReplyTo, UserId? InReplyToAuthor = null);
