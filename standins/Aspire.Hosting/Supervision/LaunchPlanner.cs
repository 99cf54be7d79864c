using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Supervision;

internal sealed record LaunchPlan(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment);

/// <summary>Resolves what a resource's annotations say into a command line, at the moment it starts.</summary>
internal sealed class LaunchPlanner(DistributedApplicationExecutionContext context)
{
    public async Task<LaunchPlan> PlanAsync(IResource resource, CancellationToken ct)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in await CollectEnvironmentAsync(resource, ct))
            if (await ResolveAsync(value, ct) is { } resolved) environment[name] = resolved;

        var collected = new List<object>();
        var argsContext = new CommandLineArgsCallbackContext(collected, resource, ct);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray()) await annotation.Callback(argsContext);
        var arguments = new List<string>();
        foreach (var arg in collected) arguments.Add(await ResolveAsync(arg, ct) ?? "");

        return resource switch
        {
            ProjectResource project => PlanProject(project, arguments, environment),
            ExecutableResource executable => new LaunchPlan(FindCommand(executable.Command), arguments, executable.WorkingDirectory, environment),
            _ => throw new NotSupportedException($"The stand-in for Aspire.Hosting.AppHost can't run a {resource.GetType().Name}."),
        };
    }

    private async Task<Dictionary<string, object>> CollectEnvironmentAsync(IResource resource, CancellationToken ct)
    {
        var collected = new EnvironmentCallbackContext(context, resource, cancellationToken: ct);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray()) await annotation.Callback(collected);
        return collected.EnvironmentVariables;
    }

    private static async Task<string?> ResolveAsync(object value, CancellationToken ct) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(ct),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>A project runs from its build output, built with this AppHost: same configuration, same framework.</summary>
    private static LaunchPlan PlanProject(ProjectResource project, List<string> arguments, Dictionary<string, string> environment)
    {
        if (!project.TryGetLastAnnotation<IProjectMetadata>(out var metadata)) throw new DistributedApplicationException($"'{project.Name}' has no project.");
        var directory = Path.GetDirectoryName(metadata.ProjectPath)!;
        var assembly = Path.Combine([directory, .. OwnOutput, Path.GetFileNameWithoutExtension(metadata.ProjectPath) + ".dll"]);
        if (!File.Exists(assembly)) throw new DistributedApplicationException($"{Path.GetFileName(assembly)} is not built: it is looked for in {Path.GetDirectoryName(assembly)}.");

        return new LaunchPlan(FindDotnet(), [assembly, .. arguments], directory, environment);
    }

    /// <summary>`bin/Debug/net10.0`: this AppHost's, and so that of its projects.</summary>
    private static string[] OwnOutput => AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^3..];

    internal static string Configuration => OwnOutput[1];

    internal static string FindDotnet() =>
        Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) is "dotnet" ? self
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? FindCommand("dotnet");

    internal static string FindCommand(string command)
    {
        if (command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return File.Exists(command) ? command : throw new DistributedApplicationException($"{command} is not there.");

        return TryFindCommand(command) ?? throw new DistributedApplicationException($"The command '{command}' is not on the PATH.");
    }

    internal static string? TryFindCommand(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
}
