using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Endpoints;

/// <summary>Gives every endpoint its port once, before anything starts; a resource keeps it over restarts.</summary>
internal sealed class PortAllocator
{
    // Below the kernel's ephemeral range (32768 on Linux): an outgoing connection can't take the port of a service that is stopped for a moment.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int BlockPerProcess = 20;

    // Two AppHosts on one machine begin at different places, so neither probes what the other is about to use.
    private int _next = First + (Environment.ProcessId * BlockPerProcess % (Last - First));

    public void Allocate(IEnumerable<IResource> resources)
    {
        foreach (var resource in resources)
        {
            var processes = ResourceInstance.AllOf(resource);
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                if (endpoint.AllocatedEndpoint is not null) continue;
                if (endpoint.UriScheme is "https") throw new NotSupportedException("The stand-in for Aspire.Hosting.AppHost serves no https endpoints.");
                endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, endpoint.TargetHost, endpoint.Port ?? endpoint.TargetPort ?? NextFree());
                if (processes.Count > 1) GivePorts(resource, endpoint, processes);
            }
        }
    }

    private void GivePorts(IResource resource, EndpointAnnotation endpoint, IReadOnlyList<ResourceInstance> replicas)
    {
        if (!endpoint.IsProxied)
            throw new InvalidOperationException($"Resource '{resource.Name}' uses multiple replicas and a proxy-less endpoint '{endpoint.Name}'. These features do not work together.");
        if (endpoint.TargetPort is not null)
            throw new InvalidOperationException($"Resource '{resource.Name}' has multiple replicas, and its endpoint '{endpoint.Name}' has a target port: each replica needs its own.");

        foreach (var replica in replicas) replica.GivePort(endpoint.Name, NextFree());
    }

    public int NextFree()
    {
        for (var tried = 0; tried < Last - First; tried++)
        {
            var port = _next;
            _next = _next + 1 < Last ? _next + 1 : First;
            if (IsFree(port)) return port;
        }

        throw new DistributedApplicationException($"No free port between {First} and {Last}.");
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
}
