using Aspire.Hosting.Supervision;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Start, stop and restart of a process and the rebuild of a project, as the dashboard offers them.</summary>
internal static class LifecycleCommands
{
    /// <summary>Adds them to a resource with these processes; <paramref name="all"/> are those of the application.</summary>
    public static void Add(IResource resource, IReadOnlyList<ResourceRunner> processes, IReadOnlyList<ResourceRunner> all, IServiceProvider services)
    {
        Add(resource, KnownResourceCommands.StartCommand, "Start", "Play", question: null, IfOver, context => Find(context).StartAsync(context.CancellationToken));
        Add(resource, KnownResourceCommands.StopCommand, "Stop", "Stop", $"Stop {resource.Name}?", IfAlive, context => Find(context).StopAsync(CancellationToken.None));
        Add(resource, KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", question: null, IfRunning, async context =>
        {
            await Find(context).StopAsync(CancellationToken.None);
            await Find(context).StartAsync(context.CancellationToken);
        });
        if (resource is not ProjectResource || !resource.TryGetLastAnnotation<IProjectMetadata>(out var project)) return;

        var rebuild = new ProjectRebuild(resource, project.ProjectPath, all, services);
        resource.Annotations.Add(Command(KnownResourceCommands.RebuildCommand, "Rebuild", "ArrowSync", question: null, IfBuildable, isHighlighted: false, _ => rebuild.RunAsync()));

        ResourceRunner Find(ExecuteCommandContext context) => processes.First(process => string.Equals(process.Id, context.ResourceName, StringComparison.Ordinal));
    }

    private static void Add(
        IResource resource,
        string name,
        string displayName,
        string icon,
        string? question,
        Func<UpdateCommandStateContext, ResourceCommandState> state,
        Func<ExecuteCommandContext, Task> act) =>
        resource.Annotations.Add(Command(name, displayName, icon, question, state, isHighlighted: true, async context =>
        {
            await act(context);
            return CommandResults.Success();
        }));

    private static ResourceCommandAnnotation Command(
        string name,
        string displayName,
        string icon,
        string? question,
        Func<UpdateCommandStateContext, ResourceCommandState> state,
        bool isHighlighted,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute) =>
        new(name, displayName, state, execute, displayDescription: null, parameter: null, question, icon, IconVariant.Filled, isHighlighted);

    private static ResourceCommandState IfOver(UpdateCommandStateContext context) =>
        StateOf(context) is not { } state || state == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(state, StringComparer.Ordinal)
            ? ResourceCommandState.Enabled
            : state == KnownResourceStates.Building ? ResourceCommandState.Disabled
            : ResourceCommandState.Hidden;

    private static ResourceCommandState IfAlive(UpdateCommandStateContext context) =>
        StateOf(context) is { } state && (state == KnownResourceStates.Stopping || state == KnownResourceStates.Building) ? ResourceCommandState.Disabled
        : IfOver(context) == ResourceCommandState.Enabled ? ResourceCommandState.Hidden
        : ResourceCommandState.Enabled;

    private static ResourceCommandState IfRunning(UpdateCommandStateContext context) =>
        StateOf(context) == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static ResourceCommandState IfBuildable(UpdateCommandStateContext context) =>
        KnownResourceStates.BuildableStates.Contains(StateOf(context), StringComparer.Ordinal) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static string? StateOf(UpdateCommandStateContext context) => context.ResourceSnapshot.State?.Text;
}
