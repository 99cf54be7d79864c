using System.Net;
using System.Net.Sockets;
using Pulse.AppHost.Control;

namespace Pulse.AppHost.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PulseRunTests : IDisposable
{
    private readonly DirectoryInfo _checkout = Directory.CreateTempSubdirectory("pulse-run-");
    private readonly Dictionary<string, string> _environment;

    public PulseRunTests()
    {
        _environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PULSE_DATA"] = Path.Combine(_checkout.FullName, "data"), ["PULSE_GATEWAY_PORT"] = $"{FreePort()}", ["PULSE_DASHBOARD_PORT"] = $"{FreePort()}" };
        var tools = Directory.CreateDirectory(Path.Combine(_checkout.FullName, "tools")).FullName;
        foreach (var file in (string[])["postgres", "redis-server", "node", "bus-emulator.mjs", "mail-sink.mjs", "aspire-managed"]) File.WriteAllText(Path.Combine(tools, file), "");
        Directory.CreateDirectory(Path.Combine(_checkout.FullName, "artifacts"));
        File.WriteAllText(ToolsFile, $$"""{"postgresBin":"{{tools}}","redisServer":"{{tools}}/redis-server","node":"{{tools}}/node","busDirectory":"{{tools}}","dashboard":"{{tools}}/aspire-managed"}""");
    }

    private string ToolsFile => Path.Combine(_checkout.FullName, "artifacts", "tools.json");

    public void Dispose() => _checkout.Delete(recursive: true);

    [Theory]
    [InlineData("PULSE_GATEWAY_PORT", "the gateway")]
    [InlineData("PULSE_DASHBOARD_PORT", "the dashboard")]
    public void Claim_PortIsInUse_SaysWhichAndWhatToDo(string variable, string user)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        _environment[variable] = $"{port}";

        var refused = Assert.Throws<StartRefusedException>(Claim);

        Assert.Equal($"Port {port} ({user}) is in use; stop what listens there or set {variable}", refused.Message);
    }

    [Fact]
    public void Claim_PortIsNoNumber_SaysWhich()
    {
        _environment["PULSE_GATEWAY_PORT"] = "http";

        Assert.Equal("PULSE_GATEWAY_PORT is \"http\", expected a port from 1 to 65535", Assert.Throws<StartRefusedException>(Claim).Message);
    }

    [Fact]
    public void Claim_DataIsClaimed_RefusesUntilReleased()
    {
        using (Claim()) Assert.StartsWith("Pulse is running already", Assert.Throws<StartRefusedException>(Claim).Message, StringComparison.Ordinal);

        using var second = Claim();
        Assert.Equal(_environment["PULSE_DATA"], second.DataDirectory);
    }

    [Fact]
    public void Claim_FolderCannotBeMade_SaysSo()
    {
        _environment["PULSE_DATA"] = Path.Combine(ToolsFile, "data");

        Assert.Equal($"The data folder {ToolsFile}/data can't be made; set PULSE_DATA to another one", Assert.Throws<StartRefusedException>(Claim).Message);
    }

    [Fact]
    public void Claim_NoTools_SaysWhatToRun()
    {
        File.Delete(ToolsFile);

        Assert.EndsWith("run ./pulse setup", Assert.Throws<StartRefusedException>(Claim).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Claim_ToolWasRemoved_NamesIt()
    {
        File.Delete(Path.Combine(_checkout.FullName, "tools", "node"));

        Assert.Equal($"{_checkout.FullName}/tools/node is not there any more; run ./pulse setup", Assert.Throws<StartRefusedException>(Claim).Message);
    }

    [Fact]
    public void Claim_FolderIsTooLongForASocket_SaysSo()
    {
        _environment["PULSE_DATA"] = Path.Combine(_checkout.FullName, new string('x', 108));

        Assert.StartsWith("PULSE_DATA is too long", Assert.Throws<StartRefusedException>(Claim).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_NextRun_IsTheSameAndOnlyItsOwnersToRead()
    {
        string first;
        using (var run = Claim()) first = run.Secret("service-key");
        using var next = Claim();

        Assert.Equal(first, next.Secret("service-key"));
        Assert.NotEqual(first, next.Secret("another"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(next.DataDirectory, "secrets.json")));
    }

    private PulseRun Claim() => PulseRun.Claim(_checkout.FullName, name => _environment.GetValueOrDefault(name));

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
