namespace Pulse.AppHost.Topology;

/// <summary>
/// Where Postgres, Redis and the bus come from. The services see the same connection names and the same connection strings,
/// so that only this folder and <c>Local</c> know which topology runs.
/// </summary>
internal interface ITopology
{
    /// <summary>A server that is ready once its databases exist.</summary>
    IResourceBuilder<IResourceWithConnectionString> AddPostgres(string name);

    IResourceBuilder<IResourceWithConnectionString> AddDatabase(IResourceBuilder<IResourceWithConnectionString> postgres, string name);

    /// <summary>A cache that keeps nothing on disk and evicts nothing.</summary>
    IResourceBuilder<IResourceWithConnectionString> AddRedis(string name);

    /// <summary>SNS, SQS and S3; the connection string is the endpoint for the AWS SDK.</summary>
    IResourceBuilder<IResourceWithConnectionString> AddBus(string name);
}
