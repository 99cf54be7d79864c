using System.Reflection;
using Pulse.AppHost.Control;

namespace Pulse.AppHost.Topology;

internal enum TopologyKind
{
    Local,
    Containers,
}

/// <summary>Which topology runs, and why, in words for a person; with containers, the engine that answered.</summary>
internal sealed record TopologyChoice(TopologyKind Kind, string Why, string? Engine = null)
{
    public const string Variable = "PULSE_TOPOLOGY";

    // The names that Aspire reads, the older one last, and the engines that it knows, in its order.
    private static readonly string[] EngineVariables = ["ASPIRE_CONTAINER_RUNTIME", "DOTNET_ASPIRE_CONTAINER_RUNTIME"];
    private static readonly string[] KnownEngines = ["docker", "podman"];

    /// <summary>Aspire's orchestrator runs the containers; its SDK writes where it is into the AppHost, the stand-in has none.</summary>
    public static bool HasOrchestrator(Assembly appHost) =>
        appHost.GetCustomAttributes<AssemblyMetadataAttribute>().Any(m => string.Equals(m.Key, "dcpclipath", StringComparison.OrdinalIgnoreCase) && m.Value is { Length: > 0 });

    /// <param name="environment">The value of a variable, null when it is not set.</param>
    /// <param name="hasOrchestrator">Whether this build can run containers at all.</param>
    /// <param name="askEngine">Null when the engine answers, else why not, as the end of a sentence about it. Not asked without need.</param>
    /// <exception cref="StartRefusedException">PULSE_TOPOLOGY is no topology, or asks for containers that can't be run.</exception>
    public static async Task<TopologyChoice> MakeAsync(
        Func<string, string?> environment, bool hasOrchestrator, Func<string, CancellationToken, Task<string?>> askEngine, CancellationToken ct)
    {
        var wanted = environment(Variable);
        if (wanted is "local") return new TopologyChoice(TopologyKind.Local, $"{Variable} says so");
        if (wanted is not (null or "" or "containers")) throw new StartRefusedException($"{Variable} is \"{wanted}\", expected containers or local");

        var silent = hasOrchestrator ? new List<string>() : ["containers need the real Aspire, and its packages are stand-ins here"];
        foreach (var engine in hasOrchestrator ? Engines(environment) : [])
        {
            if (await askEngine(engine, ct) is not { } why) return new TopologyChoice(TopologyKind.Containers, wanted is "containers" ? $"{Variable} says so" : $"{engine} answers", engine);
            silent.Add($"{engine} {why}");
        }

        var whyNot = string.Join(", ", silent);
        return wanted is not "containers" ? new TopologyChoice(TopologyKind.Local, whyNot)
            : throw new StartRefusedException($"{Variable} is \"containers\", which can't be: {whyNot}");
    }

    public override string ToString() => $"{(Kind == TopologyKind.Containers ? "containers" : "local processes")}, because {Why}";

    private static string[] Engines(Func<string, string?> environment) =>
        EngineVariables.Select(environment).FirstOrDefault(value => value is { Length: > 0 }) is { } chosen ? [chosen] : KnownEngines;
}
