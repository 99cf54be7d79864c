using System.Globalization;
using Pulse.AppHost.Control;
using Pulse.AppHost.Local;

namespace Pulse.AppHost.Topology;

/// <summary>
/// Postgres, Redis and the bus as containers, set up as the local processes are (decision 17). Passwords reach a container by its
/// environment alone. A data volume is named by a secret of the run: it lives exactly as long as the password it was made with.
/// </summary>
internal sealed class ContainerTopology : ITopology
{
    private const string Registry = "docker.io";
    private const string LauncherInContainer = "/pulse/bus-emulator.mjs";
    private const string InventoryInContainer = "/pulse/bus-init.json";

    private readonly IDistributedApplicationBuilder _builder;
    private readonly PulseRun _run;
    private readonly string _engine;

    public ContainerTopology(IDistributedApplicationBuilder builder, PulseRun run, string engine)
    {
        _builder = builder;
        _run = run;
        _engine = engine;
        builder.Configuration["ASPIRE_CONTAINER_RUNTIME"] = engine; // the one that answered, not the one Aspire would try first
        // A development certificate would turn Redis to TLS, which is of no use on the loopback address and asks every client for trust.
        builder.Configuration["ASPIRE_DEVELOPER_CERTIFICATE_DEFAULT_HTTPS_TERMINATION"] = "false";
        File.Delete(VolumeList);
    }

    /// <summary>Lines of engine and volume, which `./pulse down --clean` removes.</summary>
    private string VolumeList => Path.Combine(_run.DataDirectory, "volumes");

    public IResourceBuilder<IResourceWithConnectionString> AddPostgres(string name) =>
        _builder.AddPostgres(name, password: AddPassword(name))
            .WithImageTag("18.4")
            .WithImageRegistry(Registry)
            .WithDataVolume(Volume(name)) // after the tag: version 18 keeps its data elsewhere
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256 --encoding=UTF8 --locale=C")
            .WithArgs("-c", "max_connections=200", "-c", "log_timezone=UTC", "-c", "timezone=UTC");

    public IResourceBuilder<IResourceWithConnectionString> AddDatabase(IResourceBuilder<IResourceWithConnectionString> postgres, string name) =>
        _builder.CreateResourceBuilder((PostgresServerResource)postgres.Resource).AddDatabase(name);

    public IResourceBuilder<IResourceWithConnectionString> AddRedis(string name) =>
        _builder.AddRedis(name, password: AddPassword(name))
            .WithImageTag("8.2")
            .WithImageRegistry(Registry)
            // Nothing on disk, as in LocalRedis. The package joins the arguments to one line of a shell: an empty one needs its quotes.
            .WithArgs("--save", "''", "--appendonly", "no", "--maxmemory-policy", "noeviction");

    public IResourceBuilder<IResourceWithConnectionString> AddBus(string name)
    {
        var inventory = BusTopology.WriteInventory(_run.DataDirectory);

        // The image has the emulator and its Node; our launcher has the cures that its own lacks.
        return _builder.AddResource(new ContainerBus(name))
            .WithImage("kibertoad/fauxqs", "2.4.1")
            .WithImageRegistry(Registry)
            .WithEntrypoint("node")
            .WithArgs(LauncherInContainer)
            .WithBindMount(Path.Combine(_run.Tools.BusDirectory, "bus-emulator.mjs"), LauncherInContainer, isReadOnly: true)
            .WithBindMount(inventory, InventoryInContainer, isReadOnly: true)
            .WithVolume(Volume(name), "/data")
            .WithHttpEndpoint(targetPort: ContainerBus.Port, name: ContainerBus.EndpointName)
            .WithEnvironment("FAUXQS_PORT", ContainerBus.Port.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("FAUXQS_ADDRESS", "0.0.0.0") // in the container; the engine publishes it on the loopback address
            .WithEnvironment("FAUXQS_DIST", "/app/dist/")
            .WithEnvironment("FAUXQS_INIT", InventoryInContainer)
            .WithEnvironment("FAUXQS_DATA_DIR", "/data")
            .WithEnvironment("AWS_REGION", BusTopology.Region)
            .WithHttpHealthCheck("/health");
    }

    private IResourceBuilder<ParameterResource> AddPassword(string name) =>
        _builder.AddParameter($"{name}-password", () => _run.Secret($"{name}-password"), secret: true);

    private string Volume(string name)
    {
        var volume = $"pulse-{_run.Secret("volumes")[..12]}-{name}";
        File.AppendAllText(VolumeList, $"{_engine} {volume}\n");
        return volume;
    }
}

/// <summary>The emulator of SNS, SQS and S3 in a container; its connection string is the endpoint for the AWS SDK.</summary>
internal sealed class ContainerBus(string name) : ContainerResource(name), IResourceWithConnectionString
{
    public const string EndpointName = "http";
    public const int Port = 4566;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{this.GetEndpoint(EndpointName).Property(EndpointProperty.Url)}");
}
