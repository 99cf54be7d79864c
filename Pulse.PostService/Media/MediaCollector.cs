using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Media;

/// <summary>Deletes the objects of uploads that no post took in time, of deleted posts and of erased accounts, and then their rows. Every replica does.</summary>
internal sealed partial class MediaCollector(
    CondemnedMedia media, MediaStore store, IOptions<MediaOptions> options, TimeProvider clock, ILogger<MediaCollector> logger) : BackgroundService
{
    private bool _waits;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CollectInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryCollectAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async Task TryCollectAsync(CancellationToken ct)
    {
        try
        {
            while (await CollectAsync(ct) == CondemnedMedia.MaxClaim)
            {
                // A full claim means more behind it.
            }

            _waits = false;
        }
        catch (Exception exception) when (Outage.Is(exception) && !ct.IsCancellationRequested)
        {
            // The rows stay. One warning when it starts, then patience.
            if (!_waits) LogWaiting(exception.Message);
            _waits = true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogFailed(exception);
        }
    }

    /// <returns>How many were taken up.</returns>
    private async Task<int> CollectAsync(CancellationToken ct)
    {
        var claimed = await media.ClaimAsync(clock.GetUtcNow(), ct);
        if (claimed.Count == 0) return 0;

        var refused = await store.DeleteAsync(claimed.Select(upload => upload.Key), ct);
        if (refused.Count > 0) LogRefused(refused.Count, refused.First());
        long[] deleted = [.. claimed.Where(upload => !refused.Contains(upload.Key)).Select(upload => upload.Id)];
        await media.SettleAsync(deleted, clock.GetUtcNow(), ct);
        LogCollected(deleted.Length);
        return claimed.Count;
    }

    [LoggerMessage(4601, LogLevel.Debug, "The objects of {Count} uploads are deleted")]
    private partial void LogCollected(int count);

    [LoggerMessage(4602, LogLevel.Warning, "Uploads are not collected: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(4603, LogLevel.Warning, "The store does not delete {Count} objects, such as {Key}; they are tried again")]
    private partial void LogRefused(int count, string key);

    [LoggerMessage(4604, LogLevel.Error, "Uploads could not be collected; the next turn tries again")]
    private partial void LogFailed(Exception exception);
}
