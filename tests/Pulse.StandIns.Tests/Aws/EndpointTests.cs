using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace Pulse.StandIns.Tests.Aws;

public sealed class EndpointTests
{
    [Fact]
    public async Task Client_AwsEndpointUrlSet_CallsThatUrl()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var server = await LocalServer.StartAsync(ct);
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", server.Url);
        Environment.SetEnvironmentVariable("AWS_REGION", "eu-west-1");
        try
        {
            using var sqs = new AmazonSQSClient(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), new AmazonSQSConfig { MaxErrorRetry = 0 });
            await sqs.ReceiveMessageAsync(new ReceiveMessageRequest("http://sqs.example/0/posts"), ct);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", null);
            Environment.SetEnvironmentVariable("AWS_REGION", null);
        }

        Assert.Contains("/eu-west-1/sqs/", Assert.Single(server.Requests).Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public void Config_RegionOnly_EndpointIsTheRegionsHost()
    {
        var config = new AmazonSQSConfig { RegionEndpoint = Amazon.RegionEndpoint.EUWest1 };

        var endpoint = config.DetermineServiceOperationEndpoint(new(new ReceiveMessageRequest("http://sqs.example/0/posts")));

        Assert.Equal("https://sqs.eu-west-1.amazonaws.com", endpoint.URL.TrimEnd('/'));
    }
}
