using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Amazon.Wire;

internal sealed class ServiceEndpointParameters : EndpointParameters
{
    public ServiceEndpointParameters(IClientConfig config)
    {
        this["Endpoint"] = config.ServiceURL;
        this["Region"] = config.RegionEndpoint?.SystemName ?? config.AuthenticationRegion;
    }
}

/// <summary>The endpoint rules of one service: an explicit URL wins (AWSSDK.Core reads AWS_ENDPOINT_URL into it), else the region's host.</summary>
internal sealed class ServiceEndpointProvider(string hostPrefix) : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters["Endpoint"] is string { Length: > 0 } url)
            return new Endpoint(url);

        if (parameters["Region"] is not string { Length: > 0 } region)
            throw new AmazonClientException("Invalid Configuration: Missing Region");

        return new Endpoint($"https://{hostPrefix}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}");
    }
}

internal sealed class ServiceEndpointResolver : BaseEndpointResolver
{
    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) =>
        new ServiceEndpointParameters(requestContext.ClientConfig);

    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters)
    {
        // Neither service has rules of its own beyond the URL.
    }
}
