using Amazon.SQS;
using Amazon.SQS.Model;
using Pulse.Messaging.Queues;
using Pulse.Messaging.Sqs;

namespace Pulse.Messaging.Tests.Sqs;

/// <summary>What SQS reports per entry; no emulator fails a single delete.</summary>
public sealed class SqsPartialFailureTests
{
    [Fact]
    public async Task Delete_SqsFailsSomeEntries_ReturnsThose()
    {
        using var sqs = new HalfDeaf();
        var queue = new SqsMessageQueue(sqs, new BusHealth(), "queue");
        Delivery[] deliveries = [.. Enumerable.Range(0, 10).Select(index => new Delivery($"message-{index}", $"receipt-{index}", "{}", 1, TraceParent: null))];

        var failed = await queue.DeleteAsync(deliveries, TestContext.Current.CancellationToken);

        Assert.Equal([deliveries[2], deliveries[7]], failed);
    }

    private sealed class HalfDeaf() : AmazonSQSClient("key", "secret", new AmazonSQSConfig { ServiceURL = "http://127.0.0.1:1", AuthenticationRegion = "us-east-1" })
    {
        public override Task<GetQueueUrlResponse> GetQueueUrlAsync(GetQueueUrlRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GetQueueUrlResponse { QueueUrl = "http://127.0.0.1:1/queue" });

        public override Task<DeleteMessageBatchResponse> DeleteMessageBatchAsync(DeleteMessageBatchRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult(new DeleteMessageBatchResponse
            {
                Failed = [.. request.Entries.Where(entry => entry.ReceiptHandle is "receipt-2" or "receipt-7").Select(entry => new BatchResultErrorEntry { Id = entry.Id, Code = "InternalError" })],
            });
    }
}
