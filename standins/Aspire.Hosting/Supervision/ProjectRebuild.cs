using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Supervision;

/// <summary>
/// The rebuild command of a project. The package stops the processes first and then builds; here they run until the project has compiled, so that
/// an error in it costs nothing. Only then is the output folder written, while nothing runs from it: a process maps its assemblies into memory and
/// loads some of them late, and would go on with half of the old and half of the new.
/// </summary>
internal sealed class ProjectRebuild(IResource resource, string project, IReadOnlyList<ResourceRunner> runners, IServiceProvider services)
{
    private readonly Lock _lock = new();
    private readonly ProjectBuilds _builds = services.GetRequiredService<ProjectBuilds>();
    private Task<ExecuteCommandResult>? _rebuild;

    /// <summary>The command is given once for each replica; they share one rebuild.</summary>
    public Task<ExecuteCommandResult> RunAsync()
    {
        lock (_lock)
        {
            if (_rebuild is null or { IsCompleted: true }) _rebuild = RebuildAsync();
            return _rebuild;
        }
    }

    private async Task<ExecuteCommandResult> RebuildAsync()
    {
        using var turn = await _builds.TakeTurnAsync();
        Write($"Building {Path.GetFileNameWithoutExtension(project)}...", isError: false);
        if (await _builds.CompileAsync(project, Write) is { Succeeded: false } compiled)
        {
            Write("Build failed. What runs goes on as it is.", isError: true);
            return CommandResults.Failure($"the build of {resource.Name} failed, and what runs goes on as it is; {compiled}");
        }

        // Other resources may run from the same folder.
        var alive = runners.Where(runner => runner.IsAlive && RunsFromTheSameFolder(runner)).ToArray();
        if (alive.Length > 0) Write("Stopping for the new build...", isError: false);
        await Task.WhenAll(alive.Select(runner => runner.StopAsync(CancellationToken.None)));
        foreach (var runner in alive) await SetAsync(runner, KnownResourceStates.Building, KnownResourceStateStyles.Info);

        if (await _builds.PutInPlaceAsync(project, Write) is { Succeeded: false } placed)
        {
            foreach (var runner in alive) await SetAsync(runner, KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error);
            return CommandResults.Failure($"the build of {resource.Name} could not be put in its place, and {resource.Name} is stopped; {placed}");
        }

        Write(alive.Length > 0 ? "Build succeeded. Starting again..." : "Build succeeded.", isError: false);
        foreach (var runner in alive) await runner.StartAsync(CancellationToken.None);
        return CommandResults.Success();
    }

    private bool RunsFromTheSameFolder(ResourceRunner runner) =>
        runner.Resource.TryGetLastAnnotation<IProjectMetadata>(out var metadata) && string.Equals(metadata.ProjectPath, project, StringComparison.Ordinal);

    private static Task SetAsync(ResourceRunner runner, string state, string style) => runner.PublishAsync(s => s with { State = new ResourceStateSnapshot(state, style) });

    private void Write(string line, bool isError)
    {
        foreach (var runner in runners.Where(runner => ReferenceEquals(runner.Resource, resource))) runner.Log.Write("[build] " + line, isError);
    }
}
