using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Background;

namespace Pulse.PostService.Media;

/// <summary>Deletes the objects of uploads that no post took in time, of deleted posts and of erased accounts, and then their rows. Every replica does.</summary>
internal sealed partial class MediaCollector(
    CondemnedMedia media, MediaStore store, IOptions<MediaOptions> options, TimeProvider clock, ILogger<MediaCollector> logger)
    : PeriodicService(options.Value.CollectInterval, clock, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        while (await CollectAsync(ct) == CondemnedMedia.MaxClaim)
        {
            // A full claim means more behind it.
        }
    }

    /// <returns>How many were taken up.</returns>
    private async Task<int> CollectAsync(CancellationToken ct)
    {
        var claimed = await media.ClaimAsync(Clock.GetUtcNow(), ct);
        if (claimed.Count == 0) return 0;

        var refused = await store.DeleteAsync(claimed.Select(upload => upload.Key), ct);
        if (refused.Count > 0) LogRefused(refused.Count, refused.First());
        long[] deleted = [.. claimed.Where(upload => !refused.Contains(upload.Key)).Select(upload => upload.Id)];
        await media.SettleAsync(deleted, Clock.GetUtcNow(), ct);
        LogCollected(deleted.Length);
        return claimed.Count;
    }

    [LoggerMessage(4601, LogLevel.Debug, "The objects of {Count} uploads are deleted")]
    private partial void LogCollected(int count);

    [LoggerMessage(4602, LogLevel.Warning, "The store does not delete {Count} objects, such as {Key}; they are tried again")]
    private partial void LogRefused(int count, string key);
}
