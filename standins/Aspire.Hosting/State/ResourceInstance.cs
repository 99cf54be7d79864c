using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A process of a resource has the id `{name}-{suffix}`; the suffix is the telemetry's service.instance.id, by which the dashboard joins both.
/// Names hold no second meaning: a suffix is always the part after the last dash of a known id.
/// </summary>
internal sealed class ResourceInstance : IResourceAnnotation
{
    private const int SuffixLength = 8;
    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase);

    public ResourceInstance(IResource resource)
    {
        Suffix = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", SuffixLength);
        Id = $"{resource.Name}-{Suffix}";
        Names[Id] = resource.Name;
    }

    public string Id { get; }

    public string Suffix { get; }

    public static ResourceInstance Of(IResource resource)
    {
        lock (resource.Annotations)
        {
            if (resource.TryGetLastAnnotation<ResourceInstance>(out var known)) return known;
            var instance = new ResourceInstance(resource);
            resource.Annotations.Add(instance);
            return instance;
        }
    }

    public static string IdOf(IResource resource) =>
        resource is ProjectResource or ExecutableResource ? Of(resource).Id : resource.Name;

    public static string NameOf(string nameOrId) => Names.GetValueOrDefault(nameOrId, nameOrId);
}
