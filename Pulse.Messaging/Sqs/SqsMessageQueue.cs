using System.Collections.Concurrent;
using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;

namespace Pulse.Messaging.Sqs;

/// <summary>One SQS queue. Its URL is looked up at the first call and kept.</summary>
internal sealed class SqsMessageQueue(IAmazonSQS sqs, BusHealth health, string name) : IMessageQueue
{
    private const string ReceiveCount = "ApproximateReceiveCount";
    private const string Group = "MessageGroupId";
    private const string Visible = "ApproximateNumberOfMessages";
    private const string Hidden = "ApproximateNumberOfMessagesNotVisible";

    private string? _url;

    public string Name => name;

    public async Task<IReadOnlyList<Delivery>> ReceiveAsync(int max, TimeSpan wait, TimeSpan visibility, CancellationToken ct)
    {
        try
        {
            var response = await sqs.ReceiveMessageAsync(
                new ReceiveMessageRequest
                {
                    QueueUrl = await UrlAsync(ct),
                    MaxNumberOfMessages = max,
                    WaitTimeSeconds = (int)wait.TotalSeconds,
                    VisibilityTimeout = (int)visibility.TotalSeconds,
                    MessageAttributeNames = [MessagingTelemetry.TypeAttribute, MessagingTelemetry.TraceParentAttribute],
                    MessageSystemAttributeNames = [ReceiveCount, Group],
                },
                ct);
            health.Answered();
            // In v4 of the SDK an empty collection is null.
            return [.. (response.Messages ?? []).Select(ToDelivery)];
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            health.Failed(exception);
            throw;
        }
    }

    public async Task<IReadOnlyList<Delivery>> DeleteAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct)
    {
        var response = await sqs.DeleteMessageBatchAsync(
            new DeleteMessageBatchRequest
            {
                QueueUrl = await UrlAsync(ct),
                Entries = [.. deliveries.Select((delivery, index) => new DeleteMessageBatchRequestEntry(EntryId(index), delivery.Receipt))],
            },
            ct);
        return Failed(deliveries, response.Failed);
    }

    public async Task<IReadOnlyList<Delivery>> ChangeVisibilityAsync(IReadOnlyList<Delivery> deliveries, TimeSpan visibility, CancellationToken ct)
    {
        var response = await sqs.ChangeMessageVisibilityBatchAsync(
            new ChangeMessageVisibilityBatchRequest
            {
                QueueUrl = await UrlAsync(ct),
                Entries =
                [
                    .. deliveries.Select((delivery, index) => new ChangeMessageVisibilityBatchRequestEntry(EntryId(index), delivery.Receipt)
                    {
                        VisibilityTimeout = (int)Math.Ceiling(visibility.TotalSeconds),
                    }),
                ],
            },
            ct);
        return Failed(deliveries, response.Failed);
    }

    public async Task<IReadOnlyList<Delivery>> SendAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct)
    {
        var response = await sqs.SendMessageBatchAsync(
            new SendMessageBatchRequest { QueueUrl = await UrlAsync(ct), Entries = [.. deliveries.Select(ToEntry)] },
            ct);
        return Failed(deliveries, response.Failed);
    }

    public async Task<long> CountAsync(CancellationToken ct)
    {
        var response = await sqs.GetQueueAttributesAsync(
            new GetQueueAttributesRequest { QueueUrl = await UrlAsync(ct), AttributeNames = [Visible, Hidden] },
            ct);
        return (response.Attributes ?? []).Values.Sum(value => long.Parse(value, CultureInfo.InvariantCulture));
    }

    private static Delivery ToDelivery(Message message) => new(
        message.MessageId,
        message.ReceiptHandle,
        message.Body,
        message.Attributes?.GetValueOrDefault(ReceiveCount) is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : 1,
        message.MessageAttributes?.GetValueOrDefault(MessagingTelemetry.TraceParentAttribute)?.StringValue)
    {
        Type = message.MessageAttributes?.GetValueOrDefault(MessagingTelemetry.TypeAttribute)?.StringValue,
        GroupKey = message.Attributes?.GetValueOrDefault(Group),
    };

    private static SendMessageBatchRequestEntry ToEntry(Delivery delivery, int index)
    {
        Dictionary<string, MessageAttributeValue> attributes = [];
        if (delivery.Type is { } type) attributes[MessagingTelemetry.TypeAttribute] = Text(type);
        if (delivery.TraceParent is { } traceParent) attributes[MessagingTelemetry.TraceParentAttribute] = Text(traceParent);
        var entry = new SendMessageBatchRequestEntry(EntryId(index), delivery.Body) { MessageAttributes = attributes };
        if (delivery.GroupKey is { } group) entry.MessageGroupId = group;
        return entry;
    }

    private static MessageAttributeValue Text(string value) => new() { DataType = "String", StringValue = value };

    private static string EntryId(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static Delivery[] Failed(IReadOnlyList<Delivery> deliveries, List<BatchResultErrorEntry>? failed) =>
        [.. (failed ?? []).Select(entry => deliveries[int.Parse(entry.Id, CultureInfo.InvariantCulture)])];

    private async ValueTask<string> UrlAsync(CancellationToken ct) =>
        _url ??= (await sqs.GetQueueUrlAsync(new GetQueueUrlRequest(name), ct)).QueueUrl;
}

internal sealed class SqsMessageQueueFactory(IAmazonSQS sqs, BusHealth health) : IMessageQueueFactory
{
    private readonly ConcurrentDictionary<string, IMessageQueue> _queues = [];

    public IMessageQueue Open(string name) => _queues.GetOrAdd(name, key => new SqsMessageQueue(sqs, health, key));
}
