namespace Aspire.Hosting.ApplicationModel;

public enum IconVariant
{
    Regular,
    Filled,
}

public enum ResourceCommandState
{
    Enabled,
    Disabled,
    Hidden,
}

public sealed class ExecuteCommandContext
{
    public required IServiceProvider ServiceProvider { get; init; }

    public required string ResourceName { get; init; }

    public required CancellationToken CancellationToken { get; init; }
}

public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }

    public bool Canceled { get; init; }

    public string? Message { get; init; }
}

public static class CommandResults
{
    public static ExecuteCommandResult Success() => new() { Success = true };

    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, Message = errorMessage };

    public static ExecuteCommandResult Canceled() => new() { Success = false, Canceled = true };
}

public static class KnownResourceCommands
{
    public static readonly string StartCommand = "start";
    public static readonly string StopCommand = "stop";
    public static readonly string RestartCommand = "restart";
    public static readonly string RebuildCommand = "rebuild";
}

public sealed class UpdateCommandStateContext
{
    public required CustomResourceSnapshot ResourceSnapshot { get; init; }

    public required IServiceProvider ServiceProvider { get; init; }
}

/// <summary>How a command looks, and when it may be given.</summary>
public class CommandOptions
{
    internal static readonly CommandOptions Default = new();

    public string? Description { get; set; }

    /// <summary>Asked before the command is executed.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>A name of Fluent UI.</summary>
    public string? IconName { get; set; }

    public IconVariant? IconVariant { get; set; }

    /// <summary>A button of its own, besides the menu.</summary>
    public bool IsHighlighted { get; set; }

    /// <summary>Null: always enabled.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}

/// <summary>An action that a person may take on a resource; the supervisor adds start, stop and restart.</summary>
public sealed class ResourceCommandAnnotation(
    string name,
    string displayName,
    Func<UpdateCommandStateContext, ResourceCommandState> updateState,
    Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
    string? displayDescription,
    object? parameter,
    string? confirmationMessage,
    string? iconName,
    IconVariant? iconVariant,
    bool isHighlighted) : IResourceAnnotation
{
    public string Name { get; } = name;

    public string DisplayName { get; } = displayName;

    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState { get; } = updateState;

    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; } = executeCommand;

    public string? DisplayDescription { get; } = displayDescription;

    internal object? Parameter { get; } = parameter;

    public string? ConfirmationMessage { get; } = confirmationMessage;

    public string? IconName { get; } = iconName;

    public IconVariant? IconVariant { get; } = iconVariant;

    public bool IsHighlighted { get; } = isHighlighted;
}

public class ResourceCommandService
{
    // What a dashboard of an older line asks for.
    private const string LegacyPrefix = "resource-";

    private readonly ResourceNotificationService _notifications;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(ResourceNotificationService notifications, IServiceProvider services)
    {
        _notifications = notifications;
        _services = services;
    }

    /// <summary>Executes the command for every process of the resource.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        var ids = ResourceInstance.IdsOf(resource);
        var results = await Task.WhenAll(ids.Select(id => ExecuteAsync(resource, id, commandName, cancellationToken)));
        if (results is [var only]) return only;

        var failures = ids.Zip(results).Where(one => one.Second is { Success: false, Canceled: false }).ToArray();
        if (failures.Length > 0)
            return CommandResults.Failure($"{failures.Length} command executions failed.\n" + string.Join('\n', failures.Select(one => $"Resource '{one.First}' failed with error message: {one.Second.Message}")));

        return results.Any(result => result.Canceled) ? CommandResults.Canceled() : CommandResults.Success();
    }

    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var state)
            ? ExecuteAsync(state.Resource, state.ResourceId, commandName, cancellationToken)
            : Task.FromResult(CommandResults.Failure($"Resource '{resourceId}' not found."));

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string resourceId, string commandName, CancellationToken ct)
    {
        var command = Find(resource, commandName) ?? (commandName.StartsWith(LegacyPrefix, StringComparison.Ordinal) ? Find(resource, commandName[LegacyPrefix.Length..]) : null);
        if (command is null) return CommandResults.Failure($"Command '{commandName}' not available for resource '{resource.Name}'.");
        try
        {
            return await command.ExecuteCommand(new ExecuteCommandContext { ServiceProvider = _services, ResourceName = resourceId, CancellationToken = ct });
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
        catch (Exception failure)
        {
            // Whatever a command throws is an answer to who gave it, and no reason for the application to fall.
            return CommandResults.Failure(failure.Message);
        }
    }

    private static ResourceCommandAnnotation? Find(IResource resource, string commandName) =>
        resource.Annotations.OfType<ResourceCommandAnnotation>().SingleOrDefault(command => string.Equals(command.Name, commandName, StringComparison.Ordinal));
}
