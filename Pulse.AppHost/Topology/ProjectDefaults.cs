using System.Collections;

namespace Pulse.AppHost.Topology;

/// <summary>What the inventory says of every project, in one place.</summary>
internal static class ProjectDefaults
{
    private const string PassedPrefix = "PULSE__";

    public static IResourceBuilder<ProjectResource> WithPulseDefaults(
        this IResourceBuilder<ProjectResource> project, IResourceBuilder<ParameterResource> serviceKey, IResourceBuilder<IResourceWithConnectionString> redis) =>
        project
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", "Development")
            .WithEnvironment("Internal__ServiceKey", serviceKey)
            .WithReference(redis)
            .WithEnvironment(context => PassSettings(Environment.GetEnvironmentVariables(), context.EnvironmentVariables));

    /// <summary>An endpoint on the loopback address, and the health check that who waits for the project waits for.</summary>
    public static IResourceBuilder<ProjectResource> WithHttp(this IResourceBuilder<ProjectResource> project, int? port = null) =>
        project
            .WithHttpEndpoint(port: port)
            .WithEndpoint("http", endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithHttpHealthCheck("/health");

    /// <summary>The standard variables of the AWS SDK, and the prefix that makes a topic's name an ARN.</summary>
    public static IResourceBuilder<ProjectResource> WithBus(this IResourceBuilder<ProjectResource> project, IResourceBuilder<IResourceWithConnectionString> bus) =>
        project
            .WithEnvironment("AWS_ENDPOINT_URL", bus)
            .WithEnvironment("AWS_REGION", Local.BusTopology.Region)
            .WithEnvironment("AWS_ACCESS_KEY_ID", "local")
            .WithEnvironment("AWS_SECRET_ACCESS_KEY", "local")
            .WithEnvironment("Bus__TopicArnPrefix", Local.BusTopology.TopicArnPrefix);

    /// <summary>The bucket of pictures, which the emulator serves itself: in AWS a CDN does.</summary>
    public static IResourceBuilder<ProjectResource> WithMedia(this IResourceBuilder<ProjectResource> project, IResourceBuilder<IResourceWithConnectionString> bus) =>
        project
            .WithEnvironment("Media__Bucket", Local.BusTopology.MediaBucket)
            .WithEnvironment("Media__PublicBaseUrl", $"{bus}/{Local.BusTopology.MediaBucket}/")
            .WithEnvironment("Media__PathStyle", "true");

    /// <summary>`PULSE__Fanout__PushFollowerLimit=10` of this process is `Fanout__PushFollowerLimit=10` of every project.</summary>
    internal static void PassSettings(IDictionary own, Dictionary<string, object> project)
    {
        foreach (DictionaryEntry variable in own)
        {
            if (variable is { Key: string name, Value: string value } && name.Length > PassedPrefix.Length && name.StartsWith(PassedPrefix, StringComparison.Ordinal))
                project[name[PassedPrefix.Length..]] = value;
        }
    }
}
