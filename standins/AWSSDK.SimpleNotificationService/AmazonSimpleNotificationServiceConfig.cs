using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;
using Amazon.Wire;

namespace Amazon.SimpleNotificationService;

public class AmazonSimpleNotificationServiceConfig : ClientConfig
{
    private static readonly string Agent = InternalSDKUtils.BuildUserAgentString("SNS", "4.0.100");

    public AmazonSimpleNotificationServiceConfig()
        : base(new DefaultConfigurationProvider(ServiceDefaults.Modes))
    {
        ServiceId = "SNS";
        AuthenticationServiceName = "sns";
        EndpointProvider = new ServiceEndpointProvider("sns");
    }

    public override string RegionEndpointServiceName => "sns";

    public override string ServiceVersion => "2010-03-31";

    public override string UserAgent => Agent;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(new ServiceEndpointParameters(this));
}
