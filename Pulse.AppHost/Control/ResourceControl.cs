using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pulse.AppHost.Control;

internal sealed record ResourceView(string Name, string? State, string? Health, int? ExitCode, int? Pid, IReadOnlyList<string> Urls);

/// <summary>The processes of the running application, seen and commanded through Aspire's public services.</summary>
internal sealed class ResourceControl(DistributedApplication app)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private static readonly TimeSpan StatePatience = TimeSpan.FromMilliseconds(500);

    private readonly ResourceLoggerService _logs = app.Services.GetRequiredService<ResourceLoggerService>();
    private readonly TimeProvider _clock = app.Services.GetRequiredService<TimeProvider>();

    public async Task<IReadOnlyList<ResourceView>> ListAsync(CancellationToken ct) => await Task.WhenAll(app.Processes().Select(r => ViewAsync(r, ct)));

    public IResource? Find(string name) => app.Processes().FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.Ordinal));

    public async Task<ResourceView> ViewAsync(IResource resource, CancellationToken ct)
    {
        if (await ReadStateAsync(resource, ct) is not { } snapshot) return new ResourceView(resource.Name, null, null, null, null, []);
        var pid = snapshot.Properties.FirstOrDefault(p => p.Name is "executable.pid")?.Value as int?;
        return new ResourceView(resource.Name, snapshot.State?.Text, snapshot.HealthStatus?.ToString(), snapshot.ExitCode, pid, [.. snapshot.Urls.Select(u => u.Url)]);
    }

    public Task<IReadOnlyList<LogLine>> ReadLogsAsync(IResource resource) => _logs.ReadAsync(resource);

    /// <summary>Null when the resource is where the command wants it (started: healthy), else why not.</summary>
    public async Task<string?> ExecuteAsync(IResource resource, string command, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var result = await app.ResourceCommands.ExecuteCommandAsync(resource, command, either.Token);
            if (!result.Success) return $"{command} of {resource.Name} did not succeed; its log says more";
            return command is "stop" ? await AwaitStoppedAsync(resource, either.Token) : await AwaitHealthyAsync(resource, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            var view = await ViewAsync(resource, ct);
            return $"{resource.Name} is {view.State} and {view.Health ?? "not healthy"} after {Patience.TotalSeconds:0} s";
        }
    }

    /// <summary>Those of its life (start, stop, restart) and those of its own.</summary>
    public IReadOnlyList<string> CommandsOf(IResource resource) =>
        [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name)];

    public Task<ExecuteCommandResult> ExecuteOwnAsync(IResource resource, string command, CancellationToken ct) =>
        app.ResourceCommands.ExecuteCommandAsync(resource, command, ct);

    /// <summary>The first snapshot that a watcher gets is the current one; null while there is none. (TryGetCurrentState asks for the id of a process, which only Aspire knows.)</summary>
    private async Task<CustomResourceSnapshot?> ReadStateAsync(IResource resource, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(StatePatience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return (await app.ResourceNotifications.WaitForResourceAsync(resource.Name, _ => true, either.Token)).Snapshot;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<string?> AwaitStoppedAsync(IResource resource, CancellationToken ct)
    {
        await app.ResourceNotifications.WaitForResourceAsync(resource.Name, KnownResourceStates.TerminalStates, ct);
        return null;
    }

    private async Task<string?> AwaitHealthyAsync(IResource resource, CancellationToken ct)
    {
        var reached = await app.ResourceNotifications.WaitForResourceAsync(resource.Name, e => HasEnded(e) || e.Snapshot.HealthStatus == HealthStatus.Healthy, ct);
        if (!HasEnded(reached) || reached.Snapshot.State?.Text == KnownResourceStates.Finished) return null;
        var said = await _logs.LastWordsAsync(resource);
        return $"{resource.Name} is {reached.Snapshot.State?.Text}{(reached.Snapshot.ExitCode is { } code ? $" with exit code {code}" : "")}{(said is null ? "" : $": {said}")}";
    }

    private static bool HasEnded(ResourceEvent e) => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text, StringComparer.Ordinal);
}

internal static class ApplicationProcesses
{
    public static IEnumerable<IResource> Processes(this DistributedApplication app) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Where(r => r is ProjectResource or ExecutableResource or ContainerResource);
}
