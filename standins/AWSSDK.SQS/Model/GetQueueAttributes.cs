using System.Globalization;
using Amazon.Runtime;
using Amazon.Wire;

namespace Amazon.SQS.Model;

public class GetQueueAttributesRequest : AmazonSQSRequest
{
    public GetQueueAttributesRequest()
    {
    }

    public GetQueueAttributesRequest(string queueUrl, List<string> attributeNames)
    {
        QueueUrl = queueUrl;
        AttributeNames = attributeNames;
    }

    public List<string> AttributeNames { get; set; } = Collections.List<string>();

    public string QueueUrl { get; set; }
}

public class GetQueueAttributesResponse : AmazonWebServiceResponse
{
    public Dictionary<string, string> Attributes { get; set; } = Collections.Map<string>();

    public int ApproximateNumberOfMessages => Number("ApproximateNumberOfMessages");

    public int ApproximateNumberOfMessagesDelayed => Number("ApproximateNumberOfMessagesDelayed");

    public int ApproximateNumberOfMessagesNotVisible => Number("ApproximateNumberOfMessagesNotVisible");

    public string QueueARN => Attributes?.GetValueOrDefault("QueueArn");

    private int Number(string name) => int.TryParse(Attributes?.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var n) ? n : 0;
}
