using Pulse.AppHost.Control;

namespace Pulse.AppHost.Local;

/// <summary>SNS, SQS and S3 as one process; its connection string is the endpoint for the AWS SDK.</summary>
internal sealed class LocalBus(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), IResourceWithConnectionString
{
    public const string EndpointName = "http";

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{this.GetEndpoint(EndpointName).Property(EndpointProperty.Url)}");
}

internal static class LocalBusRegistration
{
    public static IResourceBuilder<LocalBus> AddLocalBus(this IDistributedApplicationBuilder builder, string name, PulseRun run)
    {
        var inventory = BusTopology.WriteInventory(run.DataDirectory);

        return builder.AddResource(new LocalBus(name, run.Tools.Node, run.Tools.BusDirectory))
            .WithArgs("bus-emulator.mjs")
            .WithHttpEndpoint(env: "FAUXQS_PORT")
            .WithEndpoint(LocalBus.EndpointName, endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithEnvironment("FAUXQS_INIT", inventory)
            .WithEnvironment("FAUXQS_DATA_DIR", Path.Combine(run.DataDirectory, "bus"))
            .WithEnvironment("AWS_REGION", BusTopology.Region)
            .WithHttpHealthCheck("/health");
    }
}
