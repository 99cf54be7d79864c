using System.Globalization;
using Amazon.Runtime;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using Microsoft.Extensions.Options;
using Pulse.Messaging.Publishing;

namespace Pulse.Messaging.Sns;

/// <summary>Publishes to SNS in batches and reads every per-entry failure.</summary>
internal sealed class SnsEventPublisher(IAmazonSimpleNotificationService sns, IOptions<BusOptions> options, BusHealth health) : IEventPublisher
{
    public async Task<IReadOnlyDictionary<long, string>> PublishAsync(string topic, IReadOnlyList<OutboundMessage> messages, CancellationToken ct)
    {
        PublishBatchResponse response;
        try
        {
            response = await sns.PublishBatchAsync(
                new PublishBatchRequest
                {
                    TopicArn = options.Value.TopicArnPrefix + topic,
                    PublishBatchRequestEntries = [.. messages.Select(ToEntry)],
                },
                ct);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            health.Failed(exception);
            throw new EventPublishException($"SNS did not take a publish to {topic}.", exception);
        }

        health.Answered();
        // In v4 of the SDK an empty list is null.
        return (response.Failed ?? []).ToDictionary(
            failed => long.Parse(failed.Id, CultureInfo.InvariantCulture),
            failed => $"{failed.Code}: {failed.Message}");
    }

    private static PublishBatchRequestEntry ToEntry(OutboundMessage message)
    {
        var attributes = new Dictionary<string, MessageAttributeValue>
        {
            [MessagingTelemetry.TypeAttribute] = new() { DataType = "String", StringValue = message.Type },
        };
        if (message.TraceParent is { } traceParent)
        {
            attributes[MessagingTelemetry.TraceParentAttribute] = new() { DataType = "String", StringValue = traceParent };
        }

        return new PublishBatchRequestEntry
        {
            Id = message.Id.ToString(CultureInfo.InvariantCulture),
            Message = message.Body,
            MessageAttributes = attributes,
            MessageGroupId = message.GroupKey,
        };
    }
}
