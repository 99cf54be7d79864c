using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Endpoints;

/// <summary>
/// The one port of a resource with replicas: hands each connection to the next replica that accepts, in turn. A connection stays with its replica,
/// and breaks with it.
/// </summary>
internal sealed class ReplicaProxy : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    // A replica that hangs accepts until its queue is full; then nobody answers for it.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(1);

    private readonly TcpListener _listener;
    private readonly IReadOnlyList<int> _replicas;
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private uint _turn;

    private ReplicaProxy(TcpListener listener, IReadOnlyList<int> replicas)
    {
        (_listener, _replicas) = (listener, replicas);
        _accepting = AcceptAsync();
    }

    /// <exception cref="DistributedApplicationException">The port is in use.</exception>
    public static ReplicaProxy Start(string resource, int port, IReadOnlyList<int> replicas)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException taken)
        {
            listener.Dispose();
            throw new DistributedApplicationException($"Port {port}, the one in front of the replicas of '{resource}', is in use.", taken);
        }

        return new ReplicaProxy(listener, replicas);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                var connection = Task.Run(() => ServeAsync(client), CancellationToken.None);
                _connections[connection] = true;
                _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // A client that left before it was accepted; or the end.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            using var replica = await ConnectAsync();
            if (replica is null)
            {
                Break(client);
                return;
            }

            client.NoDelay = true;
            replica.NoDelay = true;
            await Task.WhenAll(CopyAsync(client, replica), CopyAsync(replica, client));
        }
    }

    /// <returns>Null when no replica accepts.</returns>
    private async Task<Socket?> ConnectAsync()
    {
        var first = Interlocked.Increment(ref _turn);
        for (var tried = 0u; tried < _replicas.Count && !_stopping.IsCancellationRequested; tried++)
        {
            var replica = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            patience.CancelAfter(ConnectPatience);
            try
            {
                await replica.ConnectAsync(IPAddress.Loopback, _replicas[(int)((first + tried) % _replicas.Count)], patience.Token);
                return replica;
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException)
            {
                replica.Dispose();
            }
        }

        return null;
    }

    /// <summary>One direction. The end of one side is passed on as such: the other direction goes on until it ends too. A break breaks both.</summary>
    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer.AsMemory(0, BufferBytes), _stopping.Token)) > 0)
            {
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stopping.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Break(from);
            Break(to);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A reset, and no orderly end: half an answer must not look like a whole one.</summary>
    private static void Break(Socket socket) => socket.Close(timeout: 0);
}
