using Amazon.Runtime;
using Amazon.Wire;

namespace Amazon.SimpleNotificationService.Model;

public class CreateTopicRequest : AmazonSimpleNotificationServiceRequest
{
    public CreateTopicRequest()
    {
    }

    public CreateTopicRequest(string name)
    {
        Name = name;
    }

    public Dictionary<string, string> Attributes { get; set; } = Collections.Map<string>();

    public string DataProtectionPolicy { get; set; }

    public string Name { get; set; }

    public List<Tag> Tags { get; set; } = Collections.List<Tag>();
}

public class Tag
{
    public string Key { get; set; }

    public string Value { get; set; }
}

public class CreateTopicResponse : AmazonWebServiceResponse
{
    public string TopicArn { get; set; }
}
