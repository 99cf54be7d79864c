using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Publishing;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Media;

/// <summary>Finds the uploads that a draft names, and whether each may be attached.</summary>
internal sealed class Attachments(PostDbContext db, UploadCheck check)
{
    /// <returns>The draft with its uploads, which become the post's when it is saved; or every reason why not.</returns>
    /// <exception cref="DependencyUnavailableException">The store is away.</exception>
    public async Task<(PostDraft? Draft, ProblemHttpResult? Problem)> ResolveAsync(UserId author, PostDraft draft, CancellationToken ct)
    {
        if (draft.MediaIds.Count == 0) return (draft, null);

        long[] ids = [.. draft.MediaIds.Select(id => id.Value)];
        var uploads = await db.Media.Where(row => ids.Contains(row.Id) && row.OwnerId == author.Value && !row.Condemned).ToDictionaryAsync(row => row.Id, ct);
        var flaws = await Task.WhenAll(draft.MediaIds.Select(id => LookAsync(id, uploads.GetValueOrDefault(id.Value), ct)));

        return Array.TrueForAll(flaws, flaw => flaw is null)
            ? (draft with { Uploads = [.. ids.Select(id => uploads[id])] }, null)
            : (null, Problem.Invalid(new Dictionary<string, string[]> { ["media_ids"] = [.. flaws.OfType<string>()] }));
    }

    /// <returns>Why it can't be attached; null when it can.</returns>
    private async Task<string?> LookAsync(MediaId id, MediaUpload? upload, CancellationToken ct)
    {
        if (upload is null) return $"The caller has no upload {id}.";
        if (upload.PostId is not null) return $"Upload {id} belongs to a post already.";

        var (header, flaw) = await check.LookAsync(upload, ct);
        if (flaw is not null) return $"Upload {id} is not what was announced. {flaw}";
        if (header is not { } picture) return $"Upload {id} is not there yet.";

        (upload.Width, upload.Height) = (picture.Width, picture.Height);
        return null;
    }
}
