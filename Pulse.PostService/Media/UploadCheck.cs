using Microsoft.Extensions.Options;
using Pulse.PostService.Data;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Media;

/// <summary>Compares what is in the bucket with what was announced. The store has checked type and size by the link; what the bytes are only they can say.</summary>
internal sealed class UploadCheck(MediaStore store, IOptions<MediaOptions> options)
{
    // Nearly every header is within the first; a camera may put its preview and colours before it.
    private static readonly int[] Looks = [64 * 1024, 1024 * 1024];

    /// <exception cref="DependencyUnavailableException">The store is away.</exception>
    public async Task<UploadFinding> LookAsync(MediaUpload upload, CancellationToken ct)
    {
        foreach (var bytes in Looks)
        {
            if (await store.ReadAsync(upload.ObjectKey, bytes, ct) is not { } found) return UploadFinding.NotThere;
            if (FlawOf(found, upload) is { } flaw) return UploadFinding.Flawed(flaw);
            if (ImageHeader.Read(found.First) is { } header) return Judge(header, upload);
            if (found.First.Length < bytes) break;
        }

        return UploadFinding.Flawed($"It is not a picture of type {upload.ContentType}.");
    }

    private static string? FlawOf(StoredObject found, MediaUpload upload) =>
        found.Size != upload.SizeBytes ? $"It has {found.Size} bytes and not {upload.SizeBytes}."
        : found.ContentType != upload.ContentType ? $"It was uploaded as another type than {upload.ContentType}."
        : found.ContentEncoding is { Length: > 0 } ? "It was uploaded with a content encoding."
        : null;

    private UploadFinding Judge(ImageHeader header, MediaUpload upload) =>
        header.ContentType != upload.ContentType ? UploadFinding.Flawed($"It is not a picture of type {upload.ContentType}, but {header.ContentType}.")
        : header is not { Width: > 0, Height: > 0 } ? UploadFinding.Flawed("It has no size in pixels.")
        : Math.Max(header.Width, header.Height) > options.Value.MaxSide ? UploadFinding.Flawed($"It has {header.Width} × {header.Height} pixels; no side may have more than {options.Value.MaxSide}.")
        : UploadFinding.Good(header);
}

/// <summary>What came of a look at an upload.</summary>
/// <param name="Header">What it is, if all is well.</param>
/// <param name="Flaw">Why it can't be attached, in words for its owner; null when it can, or is not there.</param>
internal sealed record UploadFinding(ImageHeader? Header, string? Flaw)
{
    public static UploadFinding NotThere { get; } = new(Header: null, Flaw: null);

    public static UploadFinding Flawed(string flaw) => new(Header: null, flaw);

    public static UploadFinding Good(ImageHeader header) => new(header, Flaw: null);
}
