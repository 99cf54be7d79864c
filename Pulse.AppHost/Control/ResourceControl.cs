using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pulse.AppHost.Control;

/// <summary>One process of a resource; replicas share the name. The last lines are those of a process that crashed.</summary>
internal sealed record ResourceView(string Name, string Id, string? State, string? Health, int? ExitCode, int? Pid, IReadOnlyList<string> Urls, IReadOnlyList<string> LastLines);

/// <summary>What a name on the command line means: a resource with all its processes, or one of them by its id.</summary>
internal sealed record ResourceTarget(IResource Resource, IReadOnlyList<string> Ids);

/// <summary>The processes of the running application, seen and commanded through Aspire's public services.</summary>
internal sealed class ResourceControl(DistributedApplication app)
{
    private const int LastLines = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StatePatience = TimeSpan.FromMilliseconds(500);

    private readonly ResourceLoggerService _logs = app.Services.GetRequiredService<ResourceLoggerService>();
    private readonly TimeProvider _clock = app.Services.GetRequiredService<TimeProvider>();

    public async Task<IReadOnlyList<ResourceView>> ListAsync(CancellationToken ct)
    {
        var states = (await ReadStatesAsync([.. app.Processes()], ct)).ToLookup(state => state.Resource);
        List<ResourceView> views = [];
        foreach (var resource in app.Processes())
        {
            if (!states.Contains(resource)) views.Add(new ResourceView(resource.Name, resource.Name, null, null, null, null, [], []));
            foreach (var state in states[resource]) views.Add(await ViewAsync(state));
        }

        return views;
    }

    /// <summary>By the name of a resource or the id of a process; null when there is neither.</summary>
    public async Task<ResourceTarget?> FindAsync(string nameOrId, CancellationToken ct)
    {
        var named = app.Processes().FirstOrDefault(resource => string.Equals(resource.Name, nameOrId, StringComparison.Ordinal));
        var states = await ReadStatesAsync(named is null ? [.. app.Processes()] : [named], ct);
        if (named is not null) return new ResourceTarget(named, [.. states.Select(state => state.ResourceId)]);
        return states.FirstOrDefault(state => string.Equals(state.ResourceId, nameOrId, StringComparison.Ordinal)) is { } one ? new ResourceTarget(one.Resource, [one.ResourceId]) : null;
    }

    public Task<string> ReadLogsAsync(ResourceTarget target, int tail) => _logs.TextAsync(target.Ids, tail);

    public Task FollowLogsAsync(ResourceTarget target, int tail, Stream output, CancellationToken ct) => _logs.FollowAsync(target.Ids, tail, output, ct);

    /// <summary>Null when each process is where the command wants it (started: healthy), else why not.</summary>
    public async Task<string?> ExecuteAsync(ResourceTarget target, string command, CancellationToken ct)
    {
        var patience = command is "rebuild" ? BuildPatience : Patience;
        using var deadline = new CancellationTokenSource(patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var results = await Task.WhenAll(target.Ids.Select(id => app.ResourceCommands.ExecuteCommandAsync(id, command, either.Token)));
            if (results.FirstOrDefault(result => !result.Success) is { } failed) return failed.Message ?? $"{command} of {target.Resource.Name} did not succeed; its log says more";
            var outcomes = await Task.WhenAll(target.Ids.Select(id => AwaitOutcomeAsync(target.Resource, id, command, either.Token)));
            return outcomes.FirstOrDefault(outcome => outcome is not null);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            var views = await ListAsync(ct);
            var own = views.Where(view => target.Ids.Contains(view.Id, StringComparer.Ordinal)).Select(view => $"{view.Id} is {view.State} and {view.Health ?? "not healthy"}");
            var away = views.Where(view => view.Name != target.Resource.Name && view.State != KnownResourceStates.Finished && view.Health != nameof(HealthStatus.Healthy)).Select(view => view.Id);
            return $"{string.Join(", ", own)} after {patience.TotalSeconds:0} s; not healthy either: {string.Join(", ", away.DefaultIfEmpty("nothing"))}";
        }
    }

    /// <summary>Those of its life (start, stop, restart, rebuild) and those of its own.</summary>
    public static IReadOnlyList<string> CommandsOf(ResourceTarget target) =>
        [.. target.Resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name)];

    /// <summary>Once, however many processes the resource has.</summary>
    public Task<ExecuteCommandResult> ExecuteOwnAsync(ResourceTarget target, string command, CancellationToken ct) =>
        app.ResourceCommands.ExecuteCommandAsync(target.Ids[0], command, ct);

    private async Task<ResourceView> ViewAsync(ResourceEvent state)
    {
        var snapshot = state.Snapshot;
        var pid = snapshot.Properties.FirstOrDefault(p => p.Name is "executable.pid")?.Value as int?;
        var crashed = HasEnded(state) && snapshot.State?.Style == KnownResourceStateStyles.Error;
        var lastLines = crashed ? (await _logs.ReadAsync(state.ResourceId)).TakeLast(LastLines).Select(line => line.Content) : [];
        return new ResourceView(state.Resource.Name, state.ResourceId, snapshot.State?.Text, snapshot.HealthStatus?.ToString(), snapshot.ExitCode, pid, [.. snapshot.Urls.Select(u => u.Url)], [.. lastLines]);
    }

    /// <summary>
    /// The first snapshots that a watcher gets are the current ones, so all are there as soon as each process has had its own. While the application
    /// starts some have none. (TryGetCurrentState asks for the id of a process, which only Aspire knows.)
    /// </summary>
    private async Task<IReadOnlyList<ResourceEvent>> ReadStatesAsync(IReadOnlyList<IResource> resources, CancellationToken ct)
    {
        var states = new SortedDictionary<string, ResourceEvent>(StringComparer.Ordinal);
        var awaited = resources.Sum(resource => resource.GetReplicaCount());
        using var deadline = new CancellationTokenSource(StatePatience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            await foreach (var state in app.ResourceNotifications.WatchAsync(either.Token))
            {
                if (resources.Contains(state.Resource)) states[state.ResourceId] = state;
                if (states.Count == awaited) break;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Those that are there then.
        }

        return [.. states.Values];
    }

    private async Task<string?> AwaitOutcomeAsync(IResource resource, string id, string command, CancellationToken ct)
    {
        if (command is "stop")
        {
            await app.ResourceNotifications.WaitForResourceAsync(resource.Name, e => e.ResourceId == id && HasEnded(e), ct);
            return null;
        }

        var reached = await app.ResourceNotifications.WaitForResourceAsync(resource.Name, e => e.ResourceId == id && (HasEnded(e) || e.Snapshot.HealthStatus == HealthStatus.Healthy), ct);
        // A rebuild leaves stopped what was stopped.
        if (!HasEnded(reached) || reached.Snapshot.State?.Text == KnownResourceStates.Finished || command is "rebuild") return null;
        var said = await _logs.LastWordsAsync(id);
        return $"{resource.Name} is {reached.Snapshot.State?.Text}{(reached.Snapshot.ExitCode is { } code ? $" with exit code {code}" : "")}{(said is null ? "" : $": {said}")}";
    }

    private static bool HasEnded(ResourceEvent e) => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text, StringComparer.Ordinal);
}

internal static class ApplicationProcesses
{
    public static IEnumerable<IResource> Processes(this DistributedApplication app) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Where(r => r is ProjectResource or ExecutableResource or ContainerResource);
}
