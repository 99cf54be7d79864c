using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Pulse.ServiceDefaults.Liveness;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>
/// The way of this process to one Postgres: a loopback port from which bytes are carried to the server and back. When the server falls
/// silent every connection breaks at that moment, whatever it waits for, and new ones are refused until the server answers again.
/// </summary>
/// <remarks>
/// Npgsql alone cannot do that: who abandons a command must first ask the frozen server to cancel it, and the socket is out of reach.
/// </remarks>
internal sealed class PostgresLine : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    // Together what a caller waits at the most, and long for a server that only has much to do: each session is a process of its own.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    private readonly string _host;
    private readonly int _port;
    private readonly PostgresProbe _probe;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly CancellationTokenSource _stopping = new();

    public PostgresLine(NpgsqlConnectionStringBuilder server, TimeProvider clock)
    {
        (_host, _port) = (server.Host!, server.Port);
        _probe = new PostgresProbe(server.ConnectionString);
        Watch = new LifeWatch("postgres", _probe.AskAsync, ProbeInterval, Patience, clock);
        Watch.OnChange(dead =>
        {
            if (dead) BreakAll();
        });
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(AcceptAsync);
    }

    /// <summary>Where to connect, on 127.0.0.1.</summary>
    public int Port { get; }

    public LifeWatch Watch { get; }

    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        Watch.Dispose();
        BreakAll();
        _probe.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_stopping.Token);
                Watch.Begin();
                _ = CarryAsync(client);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of descriptors, or it went before it was taken: the next one may do better.
                await Task.Delay(ProbeInterval, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = _host.StartsWith('/')
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            _open[client] = _open[server] = true;
            try
            {
                // After the two are listed: a death from now on breaks them.
                if (Watch.IsDead || _stopping.IsCancellationRequested) return;

                await ConnectAsync(server);
                await Task.WhenAll(PumpAsync(client, server, fromServer: false), PumpAsync(server, client, fromServer: true));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Refused, reset or broken here: the other side sees its connection end, which is all that there is to say.
            }
            finally
            {
                _open.TryRemove(client, out _);
                _open.TryRemove(server, out _);
            }
        }
    }

    private ValueTask ConnectAsync(Socket server) => _host.StartsWith('/')
        ? server.ConnectAsync(new UnixDomainSocketEndPoint($"{_host}/.s.PGSQL.{_port}"), _stopping.Token)
        : server.ConnectAsync(_host, _port, _stopping.Token);

    private async Task PumpAsync(Socket from, Socket to, bool fromServer)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (fromServer) Watch.Seen();
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One direction alone is of no use.
            from.Dispose();
            to.Dispose();
            throw;
        }
    }

    private void BreakAll()
    {
        foreach (var socket in _open.Keys) socket.Dispose();
    }
}
