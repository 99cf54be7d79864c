using Pulse.Contracts.Ids;
using Pulse.Engine.Tests.Engine;
using Pulse.Timelines.Keys;

namespace Pulse.Engine.Tests.Histories;

/// <summary>What the bus, the worker, other rebuilders and Redis do to a history.</summary>
internal sealed partial class HistoryRun
{
    private async Task DisturbAsync(Step step, UserId user, CancellationToken ct)
    {
        switch (step.Kind)
        {
            case StepKind.Deliver when _waiting.Count > 0:
                var next = _waiting[step.N % _waiting.Count];
                _waiting.Remove(next);
                await DeliverAsync(next, ct);
                break;
            case StepKind.DeliverAgain when _waiting.Count + _delivered.Count > 0:
                var index = step.N % (_waiting.Count + _delivered.Count);
                await DeliverAsync(index < _waiting.Count ? _waiting[index] : _delivered[index - _waiting.Count], ct);
                break;
            case StepKind.DeliverAndCrash when _waiting.Count > 0:
                await DeliverAndCrashAsync(_waiting[step.N % _waiting.Count], step.A % 5, ct);
                break;
            case StepKind.DeliverAll:
                await DeliverAllAsync(step.N, ct);
                break;
            case StepKind.BeginRebuild:
                await BeginRebuildAsync(step.B % 4 == 0, user, ct);
                break;
            case StepKind.EndRebuild when _rebuilds.Count > 0:
                await EndRebuildAsync(step.N % _rebuilds.Count, ct);
                break;
            case StepKind.Expire:
                await _lane.Cache.KeyDeleteAsync(step.B % 4 == 0 ? TimelineKeys.Pull(user) : TimelineKeys.Home(user));
                break;
            case StepKind.Flush:
                await _lane.FlushAsync(ct);
                break;
            case StepKind.Restart or StepKind.StaleRestore:
                await _lane.RestartAsync(restore: step.Kind == StepKind.StaleRestore, ct);
                // The circuits of all processes close again.
                _clock.Pass(TimeSpan.FromSeconds(3));
                break;
            default:
                _story[^1] += " (skipped)";
                break;
        }
    }

    private async Task DeliverAsync(BusEvent delivered, CancellationToken ct)
    {
        _story.Add($"    {delivered.What}");
        await _processes[0].HandleAsync(delivered.Body, ct);
        Owners.Handled(delivered);
        _delivered.Add(delivered);
    }

    private async Task DeliverAndCrashAsync(BusEvent delivered, int before, CancellationToken ct)
    {
        _story.Add($"    {delivered.What}, dies before command {before}");
        Probe.Current = new Crash(before);
        try
        {
            await _processes[0].HandleAsync(delivered.Body, ct);
        }
        catch (CrashException)
        {
            // The queue still has it.
        }
        finally
        {
            Probe.Current = null;
        }
    }

    /// <summary>In any order, and some of them twice.</summary>
    private async Task DeliverAllAsync(int draw, CancellationToken ct)
    {
        var random = new Random(draw);
        while (_waiting.Count > 0)
        {
            var next = _waiting[random.Next(_waiting.Count)];
            if (random.Next(6) > 0) _waiting.Remove(next);
            await DeliverAsync(next, ct);
        }
    }

    private async Task BeginRebuildAsync(bool tail, UserId user, CancellationToken ct)
    {
        var process = _processes[1];
        var key = tail ? TimelineKeys.Pull(user) : TimelineKeys.Home(user);
        if (await process.Store.OpenAsync(key, ct) is not { } token) return;

        var ids = tail
            ? await process.Posts.OfAuthorAsync(user, Timelines.FanoutMode.Pull, _sizes.Capacity, ct)
            : await SelectHomeAsync(process, user, ct);
        _rebuilds.Add((key, token, ids));
    }

    // As the service does: with the reader's own posts, which may not be planned yet.
    private async Task<List<long>> SelectHomeAsync(EngineProcess process, UserId user, CancellationToken ct)
    {
        var own = Owners.Posts.All.Where(post => post.AuthorId == user).Select(post => post.Id.Value).ToList();
        return [.. (await process.Posts.HomeAsync(user, _sizes.Capacity, ct)).Concat(own).Distinct().OrderDescending().Take(_sizes.Capacity)];
    }

    private async Task EndRebuildAsync(int index, CancellationToken ct)
    {
        var (key, token, ids) = _rebuilds[index];
        _rebuilds.RemoveAt(index);
        await _processes[1].Store.PublishAsync(key, token, ids, ids.Count < _sizes.Capacity ? 0 : ids[^1], ct);
    }
}
