using System.Collections;
using System.Globalization;

namespace Pulse.AppHost.Control;

/// <summary>`PULSE_REPLICAS__posts=2` starts two processes of posts behind its one address.</summary>
internal static class Replicas
{
    // More than that says nothing that two do not, and takes the memory of a whole machine.
    private const int Most = 8;
    private const string Prefix = "PULSE_REPLICAS__";

    /// <summary>Gives each service that the variables name its number of processes.</summary>
    /// <exception cref="StartRefusedException">A name is no service, or a value no number of processes.</exception>
    public static void UseReplicas(this IDistributedApplicationBuilder builder, IDictionary variables)
    {
        // What has no endpoint is a task: a migration that ran twice at once would meet itself.
        var services = builder.Resources.OfType<ProjectResource>().Where(project => project.GetEndpoints().Any()).ToDictionary(project => project.Name, StringComparer.Ordinal);
        foreach (DictionaryEntry variable in variables)
        {
            if (variable is not { Key: string name, Value: string { Length: > 0 } value } || !name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            if (!services.TryGetValue(name[Prefix.Length..], out var service))
                throw new StartRefusedException($"{name} names no service; those are {string.Join(", ", services.Keys)}");
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > Most)
                throw new StartRefusedException($"{name} is \"{value}\", expected a number of processes from 1 to {Most}");

            builder.CreateResourceBuilder(service).WithReplicas(count);
        }
    }
}
