using Aspire.Hosting.Supervision;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Start, stop and restart of a process, as the dashboard offers them.</summary>
internal static class LifecycleCommands
{
    public static void Add(ResourceRunner runner)
    {
        var name = runner.Resource.Name;
        Add(runner, KnownResourceCommands.StartCommand, "Start", "Play", question: null, IfOver, runner.StartAsync);
        Add(runner, KnownResourceCommands.StopCommand, "Stop", "Stop", $"Stop {name}?", IfAlive, _ => runner.StopAsync(CancellationToken.None));
        Add(runner, KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", question: null, IfRunning, async ct =>
        {
            await runner.StopAsync(CancellationToken.None);
            await runner.StartAsync(ct);
        });
    }

    private static void Add(
        ResourceRunner runner,
        string name,
        string displayName,
        string icon,
        string? question,
        Func<UpdateCommandStateContext, ResourceCommandState> state,
        Func<CancellationToken, Task> act) =>
        runner.Resource.Annotations.Add(new ResourceCommandAnnotation(
            name,
            displayName,
            state,
            async context =>
            {
                await act(context.CancellationToken);
                return CommandResults.Success();
            },
            displayDescription: null,
            parameter: null,
            question,
            icon,
            IconVariant.Filled,
            isHighlighted: true));

    private static ResourceCommandState IfOver(UpdateCommandStateContext context) =>
        StateOf(context) is not { } state || state == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(state, StringComparer.Ordinal)
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Hidden;

    private static ResourceCommandState IfAlive(UpdateCommandStateContext context) =>
        StateOf(context) == KnownResourceStates.Stopping ? ResourceCommandState.Disabled
        : IfOver(context) == ResourceCommandState.Enabled ? ResourceCommandState.Hidden
        : ResourceCommandState.Enabled;

    private static ResourceCommandState IfRunning(UpdateCommandStateContext context) =>
        StateOf(context) == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static string? StateOf(UpdateCommandStateContext context) => context.ResourceSnapshot.State?.Text;
}
