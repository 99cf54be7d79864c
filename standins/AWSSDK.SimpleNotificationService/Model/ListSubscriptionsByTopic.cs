using Amazon.Runtime;
using Amazon.Wire;

namespace Amazon.SimpleNotificationService.Model;

public class ListSubscriptionsByTopicRequest : AmazonSimpleNotificationServiceRequest
{
    public ListSubscriptionsByTopicRequest()
    {
    }

    public ListSubscriptionsByTopicRequest(string topicArn)
    {
        TopicArn = topicArn;
    }

    public ListSubscriptionsByTopicRequest(string topicArn, string nextToken)
    {
        TopicArn = topicArn;
        NextToken = nextToken;
    }

    public string NextToken { get; set; }

    public string TopicArn { get; set; }
}

public class Subscription
{
    public string Endpoint { get; set; }

    public string Owner { get; set; }

    public string Protocol { get; set; }

    public string SubscriptionArn { get; set; }

    public string TopicArn { get; set; }
}

public class ListSubscriptionsByTopicResponse : AmazonWebServiceResponse
{
    public string NextToken { get; set; }

    public List<Subscription> Subscriptions { get; set; } = Collections.List<Subscription>();
}
