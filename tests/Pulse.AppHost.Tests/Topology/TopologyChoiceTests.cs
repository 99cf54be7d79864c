using System.Reflection;
using System.Reflection.Emit;
using Pulse.AppHost.Control;
using Pulse.AppHost.Topology;

namespace Pulse.AppHost.Tests.Topology;

public sealed class TopologyChoiceTests
{
    private const string NotInstalled = "is not installed";

    private readonly List<string> _asked = [];

    [Theory]
    [InlineData(null, null, true, "docker podman", "containers, because docker answers", "docker", "docker")]
    [InlineData("", null, true, "docker", "containers, because docker answers", "docker", "docker")]
    [InlineData(null, null, true, "podman", "containers, because podman answers", "podman", "docker podman")]
    [InlineData(null, null, true, "", "local processes, because docker is not installed, podman is not installed", null, "docker podman")]
    [InlineData(null, "podman", true, "docker podman", "containers, because podman answers", "podman", "podman")]
    [InlineData(null, "podman", true, "docker", "local processes, because podman is not installed", null, "podman")]
    [InlineData(null, null, false, "docker", "local processes, because containers need the real Aspire, and its packages are stand-ins here", null, "")]
    [InlineData("local", null, true, "docker", "local processes, because PULSE_TOPOLOGY says so", null, "")]
    [InlineData("local", null, false, "", "local processes, because PULSE_TOPOLOGY says so", null, "")]
    [InlineData("containers", null, true, "podman", "containers, because PULSE_TOPOLOGY says so", "podman", "docker podman")]
    public async Task Make_CanBeDone_SaysWhatAndWhy(
        string? wanted, string? runtime, bool hasOrchestrator, string answering, string expected, string? engine, string asked)
    {
        var choice = await MakeAsync(wanted, runtime, hasOrchestrator, answering);

        Assert.Equal(expected, choice.ToString());
        Assert.Equal(engine, choice.Engine);
        Assert.Equal(asked, string.Join(' ', _asked));
    }

    [Theory]
    [InlineData("containers", null, true, "PULSE_TOPOLOGY is \"containers\", which can't be: docker is not installed, podman is not installed")]
    [InlineData("containers", "docker", true, "PULSE_TOPOLOGY is \"containers\", which can't be: docker is not installed")]
    [InlineData("containers", null, false, "PULSE_TOPOLOGY is \"containers\", which can't be: containers need the real Aspire, and its packages are stand-ins here")]
    [InlineData("docker", null, true, "PULSE_TOPOLOGY is \"docker\", expected containers or local")]
    [InlineData("Local", null, false, "PULSE_TOPOLOGY is \"Local\", expected containers or local")]
    public async Task Make_CannotBeDone_IsRefusedInOneLine(string wanted, string? runtime, bool hasOrchestrator, string expected)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => MakeAsync(wanted, runtime, hasOrchestrator, answering: ""));

        Assert.Equal(expected, refused.Message);
    }

    [Theory]
    [InlineData("ASPIRE_CONTAINER_RUNTIME")]
    [InlineData("DOTNET_ASPIRE_CONTAINER_RUNTIME")]
    public async Task Make_EngineIsConfigured_AsksNoOther(string variable)
    {
        await TopologyChoice.MakeAsync(name => name == variable ? "podman" : null, hasOrchestrator: true, AskNone, TestContext.Current.CancellationToken);

        Assert.Equal(["podman"], _asked);
    }

    [Theory]
    [InlineData("dcpclipath", "/sdk/dcp", true)]
    [InlineData("DcpCliPath", "/sdk/dcp", true)]
    [InlineData("dcpclipath", "", false)]
    [InlineData("apphostprojectpath", "/src", false)]
    public void HasOrchestrator_AppHost_IsWhatItsSdkWroteIntoIt(string key, string value, bool expected)
    {
        var written = new CustomAttributeBuilder(typeof(AssemblyMetadataAttribute).GetConstructor([typeof(string), typeof(string)])!, [key, value]);
        var appHost = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("AppHost"), AssemblyBuilderAccess.Run, [written]);

        Assert.Equal(expected, TopologyChoice.HasOrchestrator(appHost));
    }

    private Task<TopologyChoice> MakeAsync(string? wanted, string? runtime, bool hasOrchestrator, string answering) => TopologyChoice.MakeAsync(
        name => name switch { "PULSE_TOPOLOGY" => wanted, "ASPIRE_CONTAINER_RUNTIME" => runtime, _ => null },
        hasOrchestrator,
        (engine, _) =>
        {
            _asked.Add(engine);
            return Task.FromResult(answering.Split(' ').Contains(engine, StringComparer.Ordinal) ? null : NotInstalled);
        },
        TestContext.Current.CancellationToken);

    private Task<string?> AskNone(string engine, CancellationToken ct)
    {
        _asked.Add(engine);
        return Task.FromResult<string?>(NotInstalled);
    }
}
