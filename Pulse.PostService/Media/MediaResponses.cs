using Pulse.Contracts.Ids;
using Pulse.PostService.Data;

namespace Pulse.PostService.Media;

/// <summary>An upload that was announced, and how it is done.</summary>
/// <param name="MediaId">What a post names it by.</param>
/// <param name="Upload">The request that uploads it.</param>
public sealed record CreatedUpload(MediaId MediaId, UploadLink Upload);

/// <summary>A request that uploads one object of the announced type and size, once. Nothing else is taken: no other type, size, key or time.</summary>
/// <param name="Method">Of the request.</param>
/// <param name="Url">Where to.</param>
/// <param name="Headers">To be sent as they are.</param>
/// <param name="ExpiresAt">When it is refused.</param>
public sealed record UploadLink(string Method, string Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);

/// <summary>How far an upload is.</summary>
public enum UploadState
{
    /// <summary>It is not there yet.</summary>
    Waiting,

    /// <summary>It is there, and a post may have it.</summary>
    Ready,

    /// <summary>It is there, and no post can have it.</summary>
    Refused,

    /// <summary>A post has it.</summary>
    Attached,
}

/// <summary>An upload as its owner sees it.</summary>
/// <param name="MediaId">What a post names it by.</param>
/// <param name="State">How far it is.</param>
/// <param name="Reason">Why it is refused; null when it is not.</param>
/// <param name="ContentType">What was announced.</param>
/// <param name="SizeBytes">What was announced.</param>
/// <param name="Width">In pixels; null before it is ready.</param>
/// <param name="Height">In pixels; null before it is ready.</param>
/// <param name="AltText">What it shows; null for nothing.</param>
/// <param name="PostId">The post that has it.</param>
public sealed record UploadResponse(
    MediaId MediaId, UploadState State, string? Reason, string ContentType, int SizeBytes, int? Width, int? Height, string? AltText, PostId? PostId)
{
    internal static UploadResponse Attached(MediaUpload row) =>
        new(new(row.Id), UploadState.Attached, Reason: null, row.ContentType, row.SizeBytes, row.Width, row.Height, row.AltText, new PostId(row.PostId!.Value));

    internal static UploadResponse Found(MediaUpload row, UploadFinding finding) => new(
        new(row.Id),
        finding switch { { Header: not null } => UploadState.Ready, { Flaw: not null } => UploadState.Refused, _ => UploadState.Waiting },
        finding.Flaw,
        row.ContentType,
        row.SizeBytes,
        finding.Header?.Width,
        finding.Header?.Height,
        row.AltText,
        PostId: null);
}
