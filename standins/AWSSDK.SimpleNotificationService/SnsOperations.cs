using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SimpleNotificationService.Model;
using Amazon.Wire;

namespace Amazon.SimpleNotificationService;

/// <summary>How each operation is written and read back; the service names the response after the operation.</summary>
internal static class SnsOperations
{
    public static readonly InvokeOptions CreateTopic = Operation<CreateTopicResponse>((response, xml) => response.TopicArn = xml.Text("TopicArn"));

    public static readonly InvokeOptions Subscribe = Operation<SubscribeResponse>((response, xml) => response.SubscriptionArn = xml.Text("SubscriptionArn"));

    public static readonly InvokeOptions Publish = Operation<PublishResponse>((response, xml) =>
    {
        response.MessageId = xml.Text("MessageId");
        response.SequenceNumber = xml.Text("SequenceNumber");
    });

    public static readonly InvokeOptions PublishBatch = Operation<PublishBatchResponse>((response, xml) =>
    {
        response.Successful = xml.Members("Successful", ReadPublished);
        response.Failed = xml.Members("Failed", ReadFailed);
    });

    public static readonly InvokeOptions ListSubscriptionsByTopic = Operation<ListSubscriptionsByTopicResponse>((response, xml) =>
    {
        response.NextToken = xml.Text("NextToken");
        response.Subscriptions = xml.Members("Subscriptions", ReadSubscription);
    });

    private static InvokeOptions Operation<T>(Action<T, XElement> read)
        where T : AmazonWebServiceResponse, new() => new()
        {
            RequestMarshaller = new QueryMarshaller("Amazon.SimpleNotificationService", typeof(T).Name[..^"Response".Length], "2010-03-31"),
            ResponseUnmarshaller = new QueryUnmarshaller<T>(read, SnsErrors.ToException)
        };

    private static PublishBatchResultEntry ReadPublished(XElement xml) => new()
    {
        Id = xml.Text("Id"),
        MessageId = xml.Text("MessageId"),
        SequenceNumber = xml.Text("SequenceNumber")
    };

    private static BatchResultErrorEntry ReadFailed(XElement xml) => new()
    {
        Id = xml.Text("Id"),
        Code = xml.Text("Code"),
        Message = xml.Text("Message"),
        SenderFault = xml.Text("SenderFault") is { } fault ? bool.Parse(fault) : null
    };

    private static Subscription ReadSubscription(XElement xml) => new()
    {
        Endpoint = xml.Text("Endpoint"),
        Owner = xml.Text("Owner"),
        Protocol = xml.Text("Protocol"),
        SubscriptionArn = xml.Text("SubscriptionArn"),
        TopicArn = xml.Text("TopicArn")
    };
}
