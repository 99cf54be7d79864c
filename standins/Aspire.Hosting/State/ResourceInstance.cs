using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// One process of a resource; a resource with replicas has several. Its id is `{name}-{suffix}`; the suffix is the telemetry's
/// service.instance.id, by which the dashboard joins both.
/// </summary>
internal sealed class ResourceInstance
{
    private const int SuffixLength = 8;

    // What is resolved while one replica is planned or asked for its health means this one: values of the model, such as a target port, know only their resource.
    private static readonly AsyncLocal<ResourceInstance?> Ambient = new();

    private readonly ConcurrentDictionary<string, int> _ports = new(StringComparer.OrdinalIgnoreCase);

    private ResourceInstance(IResource resource, int? number)
    {
        Resource = resource;
        Suffix = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", SuffixLength);
        Id = $"{resource.Name}-{Suffix}";
        LogName = number is null ? resource.Name : $"{resource.Name}.{number}";
    }

    public IResource Resource { get; }

    public string Id { get; }

    public string Suffix { get; }

    /// <summary>The name of its log file; the same in the next run, so that old files do not pile up.</summary>
    public string LogName { get; }

    /// <summary>The instance that the current flow of control works for, if any.</summary>
    public static ResourceInstance? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>The processes of a resource, made when they are first asked for; empty for what is no process.</summary>
    public static IReadOnlyList<ResourceInstance> AllOf(IResource resource)
    {
        if (resource is not (ProjectResource or ExecutableResource)) return [];
        lock (resource.Annotations)
        {
            if (resource.TryGetLastAnnotation<Instances>(out var known)) return known.All;
            var count = resource.GetReplicaCount();
            var made = new Instances([.. Enumerable.Range(1, count).Select(number => new ResourceInstance(resource, count > 1 ? number : null))]);
            resource.Annotations.Add(made);
            return made.All;
        }
    }

    /// <summary>The ids under which the states of a resource are kept.</summary>
    public static IReadOnlyList<string> IdsOf(IResource resource) =>
        AllOf(resource) is { Count: > 0 } processes ? [.. processes.Select(process => process.Id)] : [resource.Name];

    /// <summary>The port that this process listens on; null where it is the one that callers use.</summary>
    public int? PortOf(string endpointName) => _ports.TryGetValue(endpointName, out var port) ? port : null;

    public void GivePort(string endpointName, int port) => _ports[endpointName] = port;

    private sealed record Instances(IReadOnlyList<ResourceInstance> All) : IResourceAnnotation;
}
