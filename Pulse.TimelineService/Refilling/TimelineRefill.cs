using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines.Data;
using Pulse.Timelines.Refilling;
using Pulse.Timelines.Store;

namespace Pulse.TimelineService.Refilling;

/// <summary>
/// Refills <c>timelinedb</c> from the owners while everything runs: follows, blocks and mutes, the followers' counts (which decide modes), posts, the set of pull
/// authors; then every list is deleted. What was committed at an owner before a page was read is in the page, what comes later comes as
/// an event; each step may be repeated, and meets those events in any order.
/// </summary>
internal sealed partial class TimelineRefill(
    OwnerClient owners,
    EdgeRefill edges,
    BlockRefill blocks,
    MuteRefill mutes,
    PostRefill posts,
    PullAuthors pullAuthors,
    TimelineStore store,
    TimelineFlush flush,
    IOptions<RefillOptions> options,
    TimeProvider clock,
    ILogger<TimelineRefill> logger)
{
    private const int Attempts = 60;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);

    /// <summary>Works as long as its lines are read.</summary>
    public async IAsyncEnumerable<string> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        await foreach (var line in RefillEdgesAsync(ct)) yield return line;
        await foreach (var line in RecountAsync(ct)) yield return line;
        await foreach (var line in RefillPostsAsync(ct)) yield return line;

        // The version before the lists: a list that is filled from now on belongs to the set of this version.
        var version = await PatientlyAsync(() => pullAuthors.RefillAsync(ct), ct);
        await PatientlyAsync(() => DoneAsync(store.RaisePullersAsync(version, ct)), ct);
        var lists = await PatientlyAsync(() => flush.RunAsync(ct), ct);
        yield return Line($"  lists: {lists} deleted, readers fill them anew");

        var elapsed = clock.GetElapsedTime(started);
        LogRefilled(elapsed.TotalSeconds);
        yield return Line($"✓ timelinedb is refilled, in {elapsed.TotalSeconds:F1} s");
    }

    private async IAsyncEnumerable<string> RefillEdgesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var (users, count, kept, muted, after, told) = (0L, 0L, 0L, 0L, (UserId?)null, clock.GetTimestamp());
        while (true)
        {
            var page = await PatientlyAsync(() => owners.GraphsAsync(after, ct), ct);
            if (page.Count == 0) break;

            await PatientlyAsync(() => DoneAsync(edges.ApplyAsync(page, ct)), ct);
            await PatientlyAsync(() => DoneAsync(blocks.ApplyAsync(page, ct)), ct);
            await PatientlyAsync(() => DoneAsync(mutes.ApplyAsync(page, ct)), ct);
            (users, count, after) = (users + page.Count, count + page.Sum(graph => graph.Followees.Count), page[^1].Id);
            (kept, muted) = (kept + page.Sum(graph => graph.Blocks?.Count ?? 0), muted + page.Sum(graph => graph.Mutes?.Count ?? 0));
            if (IsDue(ref told)) yield return Line($"  edges: {count} follows, {kept} blocks, {muted} mutes of {users} users…");
        }

        yield return Line($"  edges: {count} follows, {kept} blocks, {muted} mutes of {users} users");
    }

    private async IAsyncEnumerable<string> RecountAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var told = clock.GetTimestamp();
        long? after = 0;
        while (true)
        {
            var from = after.Value;
            after = await PatientlyAsync(() => edges.RecountAsync(from, ct), ct);
            if (after is null) break;
            if (IsDue(ref told)) yield return Line($"  followers: counted up to author {after}…");
        }

        yield return "  followers: counted";
    }

    private async IAsyncEnumerable<string> RefillPostsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var (count, after, told) = (0L, (PostId?)null, clock.GetTimestamp());
        while (true)
        {
            var page = await PatientlyAsync(() => owners.PostsAsync(after, ct), ct);
            if (page.Count == 0) break;

            await PatientlyAsync(() => DoneAsync(posts.ApplyAsync(page, options.Value.PushFollowerLimit, ct)), ct);
            (count, after) = (count + page.Count, page[^1].Id);
            if (IsDue(ref told)) yield return Line($"  posts: {count}…");
        }

        yield return Line($"  posts: {count}, deleted ones included");
    }

    /// <summary>An outage only takes time, as for the pumps of the worker; but somebody waits here, so not for ever.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> step, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await step();
            }
            catch (Exception exception) when (attempt < Attempts && Outage.Is(exception))
            {
                if (attempt == 1) LogWaiting(exception.Message);
                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool IsDue(ref long told)
    {
        if (clock.GetElapsedTime(told) < ProgressInterval) return false;

        told = clock.GetTimestamp();
        return true;
    }

    [LoggerMessage(8401, LogLevel.Information, "timelinedb was refilled in {Seconds:F1} s")]
    private partial void LogRefilled(double seconds);

    [LoggerMessage(8402, LogLevel.Warning, "The refill waits: {Reason}")]
    private partial void LogWaiting(string reason);
}
