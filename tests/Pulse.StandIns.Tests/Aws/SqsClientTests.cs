using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace Pulse.StandIns.Tests.Aws;

public sealed class SqsClientTests : IAsyncLifetime
{
    private const string QueueUrl = "http://sqs.example/000000000000/posts";
    private LocalServer _server = null!;
    private AmazonSQSClient _sqs = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await LocalServer.StartAsync(Ct);
        _sqs = new AmazonSQSClient(
            "AKIDEXAMPLE", "secret", new AmazonSQSConfig { ServiceURL = _server.Url, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });
    }

    public async ValueTask DisposeAsync()
    {
        _sqs.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task SendMessage_AnyBody_IsSignedForServiceAndRegion()
    {
        await _sqs.SendMessageAsync(new SendMessageRequest(QueueUrl, "hello"), Ct);

        var headers = Assert.Single(_server.Requests).Headers;
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains("/eu-west-1/sqs/aws4_request", headers["Authorization"], StringComparison.Ordinal);
        Assert.Matches("Signature=[0-9a-f]{64}$", headers["Authorization"]);
    }

    [Fact]
    public async Task SendMessage_WithAttributes_IsAwsJson()
    {
        await _sqs.SendMessageAsync(
            new SendMessageRequest(QueueUrl, """{"type":"post"}""")
            {
                DelaySeconds = 0,
                MessageAttributes = new(StringComparer.Ordinal)
                {
                    ["traceparent"] = new() { DataType = "String", StringValue = "00-ab-cd-01" },
                    ["bytes"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([1, 2, 3]) }
                }
            },
            Ct);

        var request = Assert.Single(_server.Requests);
        Assert.Equal("AmazonSQS.SendMessage", request.Headers["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.0", request.Headers["Content-Type"]);
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal(["DelaySeconds", "MessageAttributes", "MessageBody", "QueueUrl"], Names(body.RootElement).Order(StringComparer.Ordinal));
        Assert.Equal("""{"type":"post"}""", body.RootElement.GetProperty("MessageBody").GetString());
        var attributes = body.RootElement.GetProperty("MessageAttributes");
        Assert.Equal("00-ab-cd-01", attributes.GetProperty("traceparent").GetProperty("StringValue").GetString());
        Assert.Equal("AQID", attributes.GetProperty("bytes").GetProperty("BinaryValue").GetString());
    }

    [Fact]
    public async Task ReceiveMessage_EmptyQueue_MessagesIsNull()
    {
        var response = await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest(QueueUrl) { WaitTimeSeconds = 0 }, Ct);

        Assert.Null(response.Messages);
        Assert.Equal(HttpStatusCode.OK, response.HttpStatusCode);
    }

    [Fact]
    public async Task ReceiveMessage_OneMessage_IsReadInFull()
    {
        _server.Respond = _ => Json(200, """
            {"Messages":[{"MessageId":"m1","ReceiptHandle":"r1","Body":"hello","MD5OfBody":"5d41402abc4b2a76b9719d911017c592",
             "Attributes":{"ApproximateReceiveCount":"2"}}]}
            """);

        var response = await _sqs.ReceiveMessageAsync(
            new ReceiveMessageRequest(QueueUrl) { MaxNumberOfMessages = 10, MessageSystemAttributeNames = ["ApproximateReceiveCount"] }, Ct);

        var message = Assert.Single(response.Messages);
        Assert.Equal(("m1", "r1", "hello"), (message.MessageId, message.ReceiptHandle, message.Body));
        Assert.Equal("2", message.Attributes["ApproximateReceiveCount"]);
        Assert.Null(message.MessageAttributes);
    }

    [Fact]
    public async Task DeleteMessageBatch_OneEntryFails_BothListsAreRead()
    {
        _server.Respond = _ => Json(200, """
            {"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","SenderFault":true,"Code":"ReceiptHandleIsInvalid","Message":"stale"}]}
            """);

        var response = await _sqs.DeleteMessageBatchAsync(
            new DeleteMessageBatchRequest(QueueUrl, [new("0", "r0"), new("1", "r1")]), Ct);

        Assert.Equal("0", Assert.Single(response.Successful).Id);
        var failed = Assert.Single(response.Failed);
        Assert.Equal(("1", "ReceiptHandleIsInvalid", (bool?)true), (failed.Id, failed.Code, failed.SenderFault));
    }

    [Fact]
    public async Task DeleteMessage_AnsweredWithoutBody_Succeeds()
    {
        _server.Respond = _ => Json(200, "");

        var response = await _sqs.DeleteMessageAsync(new DeleteMessageRequest(QueueUrl, "r0"), Ct);

        Assert.Equal(HttpStatusCode.OK, response.HttpStatusCode);
    }

    [Fact]
    public async Task GetQueueAttributes_Counters_AreNumbers()
    {
        _server.Respond = _ => Json(200, """{"Attributes":{"ApproximateNumberOfMessages":"7","QueueArn":"arn:aws:sqs:eu-west-1:0:posts"}}""");

        var response = await _sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest(QueueUrl, ["All"]), Ct);

        Assert.Equal(7, response.ApproximateNumberOfMessages);
        Assert.Equal("arn:aws:sqs:eu-west-1:0:posts", response.QueueARN);
    }

    [Fact]
    public async Task ReceiveMessage_NoSuchQueue_ThrowsQueueDoesNotExist()
    {
        _server.Respond = _ => Json(
            400,
            """{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}""",
            ("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"),
            ("x-amzn-RequestId", "request-1"));

        var e = await Assert.ThrowsAsync<QueueDoesNotExistException>(() => _sqs.ReceiveMessageAsync(new ReceiveMessageRequest(QueueUrl), Ct));

        Assert.Equal("The specified queue does not exist.", e.Message);
        Assert.Equal(("AWS.SimpleQueueService.NonExistentQueue", ErrorType.Sender), (e.ErrorCode, e.ErrorType));
        Assert.Equal((HttpStatusCode.BadRequest, "request-1"), (e.StatusCode, e.RequestId));
    }

    [Fact]
    public async Task SendMessage_UnreadableError_ThrowsServiceExceptionWithStatus()
    {
        _server.Respond = _ => new Answer(503, "text/html", "<html>busy</html>");

        var e = await Assert.ThrowsAsync<AmazonSQSException>(() => _sqs.SendMessageAsync(new SendMessageRequest(QueueUrl, "hello"), Ct));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorType.Receiver), (e.StatusCode, e.ErrorType));
    }

    [Fact]
    public async Task SendMessage_ServerFailsOnce_IsRetried()
    {
        using var sqs = new AmazonSQSClient(
            "AKIDEXAMPLE", "secret", new AmazonSQSConfig { ServiceURL = _server.Url, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 2 });
        _server.Respond = _ => _server.Requests.Count == 1
            ? Json(500, """{"__type":"com.amazonaws.sqs#InternalError"}""")
            : Json(200, """{"MessageId":"m1"}""");

        var response = await sqs.SendMessageAsync(new SendMessageRequest(QueueUrl, "hello"), Ct);

        Assert.Equal("m1", response.MessageId);
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task ReceiveMessage_CancelledWhileWaiting_Throws()
    {
        using var arrived = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        _server.Respond = _ =>
        {
            arrived.Release();
            release.Wait(Ct);
            return Json(200, "{}");
        };
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var poll = _sqs.ReceiveMessageAsync(new ReceiveMessageRequest(QueueUrl) { WaitTimeSeconds = 20 }, cancel.Token);
        await arrived.WaitAsync(Ct);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        release.Set();
    }

    private static Answer Json(int status, string body, params (string, string)[] headers) =>
        new(status, "application/x-amz-json-1.0", body, headers);

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(p => p.Name);
}
