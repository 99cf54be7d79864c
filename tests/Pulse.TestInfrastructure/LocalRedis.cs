using System.Net;
using System.Net.Sockets;
using System.Text;
using Pulse.TestInfrastructure.Processes;

namespace Pulse.TestInfrastructure;

/// <summary>A Redis without disk, as Pulse runs it: started again it is empty.</summary>
public sealed class LocalRedis : LocalServer
{
    private LocalRedis()
        : base("redis")
    {
    }

    public string ConnectionString => $"127.0.0.1:{Port}";

    private protected override IReadOnlyList<string> Command =>
        [.. ServerFolder.RunAs, LocalTools.Current.RedisServer, "--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Folder];

    /// <summary>Starts a server of its own for the caller.</summary>
    public static async Task<LocalRedis> CreateAsync(CancellationToken ct)
    {
        var redis = new LocalRedis();
        await redis.StartAsync(ct);
        return redis;
    }

    /// <summary>Forgets everything.</summary>
    public async Task FlushAsync(CancellationToken ct) => await SendAsync("FLUSHALL", ct);

    private protected override async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            return await SendAsync("PING", ct) == "+PONG";
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<string> SendAsync(string command, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, ct);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(ct) ?? "";
    }
}
