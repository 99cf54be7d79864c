using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Pulse.TestInfrastructure.Processes;

internal static class LoopbackPort
{
    // Below the range from which outgoing connections take theirs, so that a stopped server finds its port free again.
    private const int First = 20_000;
    private const int End = 32_000;

    public static int Free()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; the next draw is another one.
            }
        }
    }
}
