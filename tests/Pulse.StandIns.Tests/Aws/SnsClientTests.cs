using System.Net;
using Amazon.Runtime;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using Microsoft.AspNetCore.WebUtilities;

namespace Pulse.StandIns.Tests.Aws;

public sealed class SnsClientTests : IAsyncLifetime
{
    private const string TopicArn = "arn:aws:sns:eu-west-1:000000000000:posts";
    private LocalServer _server = null!;
    private AmazonSimpleNotificationServiceClient _sns = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await LocalServer.StartAsync(Ct);
        _sns = new AmazonSimpleNotificationServiceClient(
            "AKIDEXAMPLE",
            "secret",
            new AmazonSimpleNotificationServiceConfig { ServiceURL = _server.Url, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });
    }

    public async ValueTask DisposeAsync()
    {
        _sns.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task PublishBatch_TwoEntries_IsSignedForm()
    {
        _server.Respond = _ => Xml(200, """
            <PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
              <Successful><member><Id>0</Id><MessageId>m0</MessageId></member></Successful>
              <Failed><member><Id>1</Id><Code>InternalError</Code><Message>try again</Message><SenderFault>false</SenderFault></member></Failed>
            </PublishBatchResult><ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></PublishBatchResponse>
            """);

        var response = await _sns.PublishBatchAsync(
            new PublishBatchRequest
            {
                TopicArn = TopicArn,
                PublishBatchRequestEntries =
                [
                    new() { Id = "0", Message = "a&b", MessageAttributes = new(StringComparer.Ordinal) { ["type"] = new() { DataType = "String", StringValue = "post" } } },
                    new() { Id = "1", Message = "c", MessageGroupId = "author-1" }
                ]
            },
            Ct);

        var request = Assert.Single(_server.Requests);
        Assert.Contains("/eu-west-1/sns/aws4_request", request.Headers["Authorization"], StringComparison.Ordinal);
        var form = QueryHelpers.ParseQuery(request.Body).ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["Action"] = "PublishBatch",
                ["Version"] = "2010-03-31",
                ["TopicArn"] = TopicArn,
                ["PublishBatchRequestEntries.member.1.Id"] = "0",
                ["PublishBatchRequestEntries.member.1.Message"] = "a&b",
                ["PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Name"] = "type",
                ["PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.DataType"] = "String",
                ["PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.StringValue"] = "post",
                ["PublishBatchRequestEntries.member.2.Id"] = "1",
                ["PublishBatchRequestEntries.member.2.Message"] = "c",
                ["PublishBatchRequestEntries.member.2.MessageGroupId"] = "author-1"
            },
            new SortedDictionary<string, string>(form, StringComparer.Ordinal));
        Assert.Equal(("0", "m0"), (Assert.Single(response.Successful).Id, response.Successful[0].MessageId));
        Assert.Equal(("1", (bool?)false), (Assert.Single(response.Failed).Id, response.Failed[0].SenderFault));
        Assert.Equal("request-1", response.ResponseMetadata.RequestId);
    }

    [Fact]
    public async Task Subscribe_WithAttributes_MapIsNumbered()
    {
        _server.Respond = _ => Xml(200, "<SubscribeResponse><SubscribeResult><SubscriptionArn>s1</SubscriptionArn></SubscribeResult></SubscribeResponse>");

        var response = await _sns.SubscribeAsync(
            new SubscribeRequest(TopicArn, "sqs", "arn:aws:sqs:eu-west-1:0:posts")
            {
                Attributes = new(StringComparer.Ordinal) { ["RawMessageDelivery"] = "true" },
                ReturnSubscriptionArn = true
            },
            Ct);

        Assert.Equal("s1", response.SubscriptionArn);
        var form = QueryHelpers.ParseQuery(Assert.Single(_server.Requests).Body);
        Assert.Equal(("RawMessageDelivery", "true"), (form["Attributes.entry.1.key"].ToString(), form["Attributes.entry.1.value"].ToString()));
        Assert.Equal("true", form["ReturnSubscriptionArn"].ToString());
    }

    [Fact]
    public async Task ListSubscriptionsByTopic_None_SubscriptionsIsNull()
    {
        _server.Respond = _ => Xml(200, "<R><ListSubscriptionsByTopicResult><Subscriptions/></ListSubscriptionsByTopicResult></R>");

        var response = await _sns.ListSubscriptionsByTopicAsync(new ListSubscriptionsByTopicRequest(TopicArn), Ct);

        Assert.Null(response.Subscriptions);
        Assert.Null(response.NextToken);
    }

    [Fact]
    public async Task Publish_NoSuchTopic_ThrowsNotFound()
    {
        _server.Respond = _ => Xml(404, """
            <ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>NotFound</Code>
            <Message>Topic does not exist</Message></Error><RequestId>request-2</RequestId></ErrorResponse>
            """);

        var e = await Assert.ThrowsAsync<NotFoundException>(() => _sns.PublishAsync(new PublishRequest(TopicArn, "hello"), Ct));

        Assert.Equal(("Topic does not exist", "NotFound", "request-2"), (e.Message, e.ErrorCode, e.RequestId));
        Assert.Equal((HttpStatusCode.NotFound, ErrorType.Sender), (e.StatusCode, e.ErrorType));
    }

    private static Answer Xml(int status, string body) => new(status, "text/xml", body);
}
