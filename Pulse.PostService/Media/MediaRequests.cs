using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Media;

/// <summary>Body of <c>POST /v1/media</c>.</summary>
/// <param name="ContentType"><c>image/png</c>, <c>image/jpeg</c>, <c>image/gif</c> or <c>image/webp</c>.</param>
/// <param name="SizeBytes">Exactly what will be uploaded.</param>
/// <param name="AltText">What the picture shows, for those who do not see it; at most 1,000 characters.</param>
public sealed record CreateUploadRequest(string? ContentType = null, long? SizeBytes = null, string? AltText = null)
{
    /// <summary>Collects every mistake, so that a client corrects all of them at once.</summary>
    internal bool TryRead(int maxBytes, out (string ContentType, int SizeBytes, string? AltText) upload, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        Dictionary<string, string[]> errors = [];
        var type = ContentType?.ToLowerInvariant() ?? "";
        if (!ImageHeader.ContentTypes.Contains(type)) errors["content_type"] = [$"The type is one of {string.Join(", ", ImageHeader.ContentTypes)}."];
        if (SizeBytes is not { } size || size < 1 || size > maxBytes) errors["size_bytes"] = [$"A picture has 1 to {maxBytes} bytes."];
        if (Media.AltText.Error(AltText) is { } error) errors["alt_text"] = [error];

        problem = errors.Count == 0 ? null : Problem.Invalid(errors);
        upload = problem is null ? (type, (int)SizeBytes!.Value, Media.AltText.Of(AltText)) : default;
        return problem is null;
    }
}

/// <summary>Body of <c>PATCH /v1/media/{id}</c>.</summary>
/// <param name="AltText">What the picture shows; empty for nothing.</param>
public sealed record DescribeUploadRequest(string? AltText = null);

internal static class AltText
{
    internal const int MaxClusters = 1_000;

    // A cluster has no greatest length.
    internal const int MaxLength = 16_000;

    /// <returns>Null when it is fine.</returns>
    public static string? Error(string? text) => text switch
    {
        null => null,
        // Postgres cannot store it.
        _ when text.Contains('\0', StringComparison.Ordinal) => "The text must not contain U+0000.",
        _ when text.Length > MaxLength || new StringInfo(text).LengthInTextElements > MaxClusters => $"The text is longer than {MaxClusters} characters.",
        _ => null,
    };

    /// <returns>Null for a text that says nothing.</returns>
    public static string? Of(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
