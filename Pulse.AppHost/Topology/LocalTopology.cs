using Pulse.AppHost.Control;
using Pulse.AppHost.Local;

namespace Pulse.AppHost.Topology;

/// <summary>Postgres, Redis and the bus as processes of this machine: no container engine.</summary>
internal sealed class LocalTopology(IDistributedApplicationBuilder builder, PulseRun run) : ITopology
{
    public IResourceBuilder<IResourceWithConnectionString> AddPostgres(string name) => builder.AddLocalPostgres(name, run);

    public IResourceBuilder<IResourceWithConnectionString> AddDatabase(IResourceBuilder<IResourceWithConnectionString> postgres, string name) =>
        builder.CreateResourceBuilder((LocalPostgres)postgres.Resource).AddDatabase(name);

    public IResourceBuilder<IResourceWithConnectionString> AddRedis(string name) => builder.AddLocalRedis(name, run.DataDirectory, run.Tools);

    public IResourceBuilder<IResourceWithConnectionString> AddBus(string name) => builder.AddLocalBus(name, run);
}
