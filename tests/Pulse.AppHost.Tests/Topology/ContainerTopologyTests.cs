using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Pulse.AppHost.Control;
using Pulse.AppHost.Topology;

namespace Pulse.AppHost.Tests.Topology;

/// <summary>The containers are described, not run: what the engine would be told.</summary>
public sealed class ContainerTopologyTests : IDisposable
{
    private readonly DirectoryInfo _checkout = Directory.CreateTempSubdirectory("pulse-topology-");
    private readonly IDistributedApplicationBuilder _builder = RunningApplication.CreateBuilder();
    private readonly PulseRun _run;
    private readonly ITopology _topology;
    private readonly IResourceBuilder<IResourceWithConnectionString> _postgres;
    private readonly IResourceBuilder<IResourceWithConnectionString> _users;
    private readonly IResourceBuilder<IResourceWithConnectionString> _redis;
    private readonly IResourceBuilder<IResourceWithConnectionString> _bus;

    public ContainerTopologyTests()
    {
        var tools = Directory.CreateDirectory(Path.Combine(_checkout.FullName, "tools")).FullName;
        foreach (var file in (string[])["postgres", "redis-server", "node", "bus-emulator.mjs", "mail-sink.mjs"]) File.WriteAllText(Path.Combine(tools, file), "");
        Directory.CreateDirectory(Path.Combine(_checkout.FullName, "artifacts"));
        File.WriteAllText(
            Path.Combine(_checkout.FullName, "artifacts", "tools.json"),
            $$"""{"postgresBin":"{{tools}}","redisServer":"{{tools}}/redis-server","node":"{{tools}}/node","busDirectory":"{{tools}}"}""");
        var data = Path.Combine(_checkout.FullName, "data");
        _run = Claim(_checkout, data);
        _topology = new ContainerTopology(_builder, _run, "podman");
        _postgres = _topology.AddPostgres("postgres");
        _users = _topology.AddDatabase(_postgres, "usersdb");
        _redis = _topology.AddRedis("redis");
        _bus = _topology.AddBus("bus");
    }

    public void Dispose()
    {
        _run.Dispose();
        _checkout.Delete(recursive: true);
    }

    [Theory]
    [InlineData("postgres", "docker.io", "library/postgres", "18.4")]
    [InlineData("redis", "docker.io", "library/redis", "8.2")]
    [InlineData("bus", "docker.io", "kibertoad/fauxqs", "2.4.1")]
    public void Image_EachContainer_IsPinned(string name, string registry, string image, string tag)
    {
        var annotation = Assert.Single(Container(name).Annotations.OfType<ContainerImageAnnotation>());

        Assert.Equal((registry, image, tag), (annotation.Registry, annotation.Image, annotation.Tag));
    }

    [Fact]
    public void Resources_Containers_AreThoseOfTheLocalTopologyUnderTheSameNames()
    {
        var local = RunningApplication.CreateBuilder();
        var processes = new LocalTopology(local, _run);
        processes.AddDatabase(processes.AddPostgres("postgres"), "usersdb");
        processes.AddRedis("redis");
        processes.AddBus("bus");

        Assert.Equal(Connections(local), Connections(_builder));

        static IEnumerable<string> Connections(IDistributedApplicationBuilder builder) => builder.Resources.OfType<IResourceWithConnectionString>().Select(r => r.Name).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task ConnectionString_EachContainer_IsTheLocalOneWithItsPassword()
    {
        Allocate("postgres", 15432);
        Allocate("redis", 16379);
        Allocate("bus", 14566);

        Assert.Equal($"Host=localhost;Port=15432;Username=postgres;Password={_run.Secret("postgres-password")};Database=usersdb", await ValueAsync(_users));
        Assert.Equal($"localhost:16379,password={_run.Secret("redis-password")}", await ValueAsync(_redis));
        Assert.Equal("http://localhost:14566", await ValueAsync(_bus));
    }

    [Fact]
    public async Task Arguments_EachContainer_HoldNoSecret()
    {
        var secrets = new[] { "postgres-password", "redis-password", "volumes" }.Select(_run.Secret).ToArray();
        foreach (var container in _builder.Resources.OfType<ContainerResource>())
        {
            foreach (var argument in await ArgumentsAsync(container))
            {
                // A value provider would be resolved into the command line, which everyone on the machine may read.
                var text = Assert.IsType<string>(argument);
                Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Redis_Arguments_KeepNothingAndEvictNothing() => Assert.Equal(
        "redis-server --requirepass $REDIS_PASSWORD --save '' --appendonly no --maxmemory-policy noeviction",
        string.Join(' ', await ArgumentsAsync(Container("redis"))));

    [Fact]
    public async Task Postgres_Arguments_AreThoseOfTheScript()
    {
        var script = await File.ReadAllTextAsync(Path.Combine(AppHostDirectory(), "Local", "postgres.sh"), TestContext.Current.CancellationToken);
        var local = Regex.Matches(script, "-c (?<setting>(max_connections|log_timezone|timezone)=\\S+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(m => m.Groups["setting"].Value);
        var initdb = (string)(await EnvironmentAsync(Container("postgres")))["POSTGRES_INITDB_ARGS"];

        Assert.Equal(local.Order(StringComparer.Ordinal), (await ArgumentsAsync(Container("postgres"))).Cast<string>().Where(a => a is not "-c").Order(StringComparer.Ordinal));
        Assert.All((string[])["--encoding=UTF8", "--locale=C"], option =>
        {
            Assert.Contains(option, script, StringComparison.Ordinal);
            Assert.Contains(option, initdb, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("postgres", "POSTGRES_PASSWORD", "postgres-password")]
    [InlineData("redis", "REDIS_PASSWORD", "redis-password")]
    public async Task Environment_Password_IsASecretParameterOfTheRun(string name, string variable, string secret)
    {
        var parameter = Assert.IsType<ParameterResource>((await EnvironmentAsync(Container(name)))[variable]);

        Assert.True(parameter.Secret);
        Assert.Equal(_run.Secret(secret), await parameter.GetValueAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Bus_Environment_PointsIntoTheContainer()
    {
        var environment = await EnvironmentAsync(Container("bus"));
        var mounts = Container("bus").Annotations.OfType<ContainerMountAnnotation>().ToDictionary(m => m.Target, StringComparer.Ordinal);

        Assert.Equal("0.0.0.0", environment["FAUXQS_ADDRESS"]);
        Assert.Equal((Path.Combine(_run.DataDirectory, "bus-init.json"), true), (mounts[(string)environment["FAUXQS_INIT"]].Source, mounts[(string)environment["FAUXQS_INIT"]].IsReadOnly));
        Assert.Equal(ContainerMountType.Volume, mounts[(string)environment["FAUXQS_DATA_DIR"]].Type);
        Assert.Equal(Path.Combine(_run.Tools.BusDirectory, "bus-emulator.mjs"), mounts[(string)Assert.Single(await ArgumentsAsync(Container("bus")))].Source);
        Assert.Equal("node", Container("bus").Entrypoint);
    }

    [Fact]
    public void Volumes_NewSecrets_AreNewVolumes()
    {
        var volumes = Volumes();
        File.Delete(Path.Combine(_run.DataDirectory, "secrets.json"));
        using (var other = new Checkout(_checkout, _run)) Assert.Empty(volumes.Intersect(other.Volumes, StringComparer.Ordinal));

        Assert.Equal(2, volumes.Length);
        Assert.Equal("/var/lib/postgresql", Assert.Single(Container("postgres").Annotations.OfType<ContainerMountAnnotation>()).Target);
    }

    [Fact]
    public void Volumes_List_NamesEngineAndVolumeForTheClean() => Assert.Equal(
        Volumes().Select(volume => $"podman {volume}").Order(StringComparer.Ordinal),
        File.ReadAllLines(Path.Combine(_run.DataDirectory, "volumes")).Order(StringComparer.Ordinal));

    [Fact]
    public void Health_EachContainer_IsChecked() =>
        Assert.All(_builder.Resources.OfType<ContainerResource>(), r => Assert.NotEmpty(r.Annotations.OfType<HealthCheckAnnotation>()));

    [Fact]
    public void Configuration_OfAspire_IsTheEngineThatAnsweredAndNoTls()
    {
        Assert.Equal("podman", _builder.Configuration["ASPIRE_CONTAINER_RUNTIME"]);
        Assert.Equal("false", _builder.Configuration["ASPIRE_DEVELOPER_CERTIFICATE_DEFAULT_HTTPS_TERMINATION"]);
    }

    private static PulseRun Claim(DirectoryInfo checkout, string data)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var free = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return PulseRun.Claim(checkout.FullName, name => name switch { "PULSE_DATA" => data, "PULSE_GATEWAY_PORT" => $"{free}", _ => null });
    }

    private string[] Volumes() => VolumesOf(_builder);

    private static string[] VolumesOf(IDistributedApplicationBuilder builder) =>
        [.. builder.Resources.SelectMany(r => r.Annotations.OfType<ContainerMountAnnotation>()).Where(m => m.Type == ContainerMountType.Volume).Select(m => m.Source!)];

    private ContainerResource Container(string name) => _builder.Resources.OfType<ContainerResource>().Single(r => r.Name == name);

    private void Allocate(string name, int port)
    {
        var endpoint = Assert.Single(Container(name).Annotations.OfType<EndpointAnnotation>());
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", port);
    }

    private static async Task<string?> ValueAsync(IResourceBuilder<IResourceWithConnectionString> resource) =>
        await resource.Resource.GetConnectionStringAsync(TestContext.Current.CancellationToken);

    private async Task<Dictionary<string, object>> EnvironmentAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(_builder.ExecutionContext, resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context);
        return context.EnvironmentVariables;
    }

    private static async Task<List<object>> ArgumentsAsync(IResource resource)
    {
        List<object> arguments = [];
        var context = new CommandLineArgsCallbackContext(arguments, resource);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await annotation.Callback(context);
        return arguments;
    }

    private static string AppHostDirectory()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pulse.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "Pulse.AppHost");
    }

    /// <summary>The same checkout in its next run.</summary>
    private sealed class Checkout : IDisposable
    {
        private readonly PulseRun _next;

        public Checkout(DirectoryInfo checkout, PulseRun before)
        {
            before.Dispose();
            _next = Claim(checkout, before.DataDirectory);
            var builder = RunningApplication.CreateBuilder();
            var topology = new ContainerTopology(builder, _next, "docker");
            topology.AddPostgres("postgres");
            topology.AddBus("bus");
            Volumes = VolumesOf(builder);
        }

        public string[] Volumes { get; }

        public void Dispose() => _next.Dispose();
    }
}
