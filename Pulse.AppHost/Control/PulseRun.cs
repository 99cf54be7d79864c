using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Pulse.AppHost.Local;

namespace Pulse.AppHost.Control;

/// <summary>One data folder, claimed for the life of this process: where things are, on which ports, with which secrets.</summary>
internal sealed class PulseRun : IDisposable
{
    // sun_path of a Unix socket holds 108 bytes with its end.
    private const int MaxSocketPathBytes = 107;

    // A run that was killed takes its processes with it within seconds; its ports are free after that.
    private static readonly TimeSpan PortPatience = TimeSpan.FromSeconds(10);

    private readonly FileStream _lock;
    private readonly SecretsFile _secrets;

    private PulseRun(string dataDirectory, FileStream dataLock, LocalTools tools, int gatewayPort, int dashboardPort)
    {
        DataDirectory = dataDirectory;
        Tools = tools;
        GatewayPort = gatewayPort;
        DashboardPort = dashboardPort;
        _lock = dataLock;
        _secrets = new SecretsFile(Path.Combine(dataDirectory, "secrets.json"));
    }

    public string DataDirectory { get; }

    public LocalTools Tools { get; }

    public int GatewayPort { get; }

    public int DashboardPort { get; }

    public string GatewayUrl => $"http://127.0.0.1:{GatewayPort}";

    public string DashboardUrl => $"http://127.0.0.1:{DashboardPort}";

    public bool HasDashboard => File.Exists(Tools.Dashboard);

    public string ControlSocket => SocketIn(DataDirectory);

    private string PidFile => Path.Combine(DataDirectory, "apphost.pid");

    /// <summary>Checks all that can be checked before anything starts; a refusal is one line on stderr.</summary>
    public static bool TryClaim(IDistributedApplicationBuilder builder, [NotNullWhen(true)] out PulseRun? run)
    {
        try
        {
            run = Claim(Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..")), Environment.GetEnvironmentVariable);
            return true;
        }
        catch (StartRefusedException refused)
        {
            Refusal.Print(refused.Message);
            run = null;
            return false;
        }
    }

    public string Secret(string name) => _secrets.GetOrCreate(name);

    public void Dispose()
    {
        File.Delete(ControlSocket);
        File.Delete(PidFile);
        _lock.Dispose();
    }

    internal static PulseRun Claim(string checkout, Func<string, string?> environment)
    {
        var gatewayPort = ReadPort(environment, "PULSE_GATEWAY_PORT", 8080);
        var dashboardPort = ReadPort(environment, "PULSE_DASHBOARD_PORT", 18888);
        if (gatewayPort == dashboardPort) throw new StartRefusedException($"PULSE_GATEWAY_PORT and PULSE_DASHBOARD_PORT are both {gatewayPort}.");

        if (!LocalTools.TryRead(Path.Combine(checkout, "artifacts", "tools.json"), out var tools)) throw new StartRefusedException("Pulse's tools are not installed; run ./pulse setup");
        if (tools.FindMissing() is { } missing) throw new StartRefusedException($"{missing} is not there any more; run ./pulse setup");

        var data = environment("PULSE_DATA") is { Length: > 0 } chosen ? Path.GetFullPath(chosen) : DefaultDataDirectory(checkout);
        if (Encoding.UTF8.GetByteCount(SocketIn(data)) > MaxSocketPathBytes)
            throw new StartRefusedException($"PULSE_DATA is too long for a Unix socket in it; set it to a shorter folder than {data}");

        var run = new PulseRun(data, Lock(data), tools, gatewayPort, dashboardPort);
        try
        {
            var wasKilled = File.Exists(run.PidFile);
            RequireFree(gatewayPort, "the gateway", "PULSE_GATEWAY_PORT", wasKilled);
            if (run.HasDashboard) RequireFree(dashboardPort, "the dashboard", "PULSE_DASHBOARD_PORT", wasKilled);
            File.WriteAllText(run.PidFile, $"{Environment.ProcessId}\n");
            return run;
        }
        catch (StartRefusedException)
        {
            run._lock.Dispose();
            throw;
        }
    }

    internal static string DefaultDataDirectory(string checkout) =>
        Environment.IsPrivilegedProcess
            // A server that root starts runs as nobody, who may not enter every checkout.
            ? Path.Combine("/var/lib/pulse", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkout)))[..12], "data")
            : Path.Combine(checkout, "artifacts", "data");

    private static FileStream Lock(string data)
    {
        try
        {
            Directory.CreateDirectory(data);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The data folder {data} can't be made; set PULSE_DATA to another one");
        }

        try
        {
            return new FileStream(Path.Combine(data, "apphost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The data folder {data} may not be written; set PULSE_DATA to one that may");
        }
        catch (IOException)
        {
            throw new StartRefusedException($"Pulse is running already on {data}; stop it with ./pulse down, or set PULSE_DATA, PULSE_GATEWAY_PORT and PULSE_DASHBOARD_PORT for a second copy");
        }
    }

    private static void RequireFree(int port, string user, string variable, bool wasKilled)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!IsFree(port))
        {
            if (!wasKilled || TimeProvider.System.GetElapsedTime(deadline) > PortPatience)
                throw new StartRefusedException($"Port {port} ({user}) is in use; stop what listens there or set {variable}");
            using var pause = new ManualResetEventSlim();
            pause.Wait(TimeSpan.FromMilliseconds(100));
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int ReadPort(Func<string, string?> environment, string variable, int fallback) =>
        environment(variable) is not { Length: > 0 } text ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port
        : throw new StartRefusedException($"{variable} is \"{text}\", expected a port from 1 to 65535");

    private static string SocketIn(string data) => Path.Combine(data, "control.sock");
}
