namespace Pulse.ServiceDefaults.Problems;

/// <summary>A dependency does not answer: an outage, not a mistake of the caller or of the code. Becomes 503 with <c>Retry-After</c>.</summary>
public sealed class DependencyUnavailableException(string dependency, Exception? innerException = null)
    : Exception($"{dependency} is not available.", innerException)
{
    public string Dependency { get; } = dependency;
}
