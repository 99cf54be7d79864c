using Amazon.Wire;

namespace Amazon.SQS.Model;

public class Message
{
    public Dictionary<string, string> Attributes { get; set; } = Collections.Map<string>();

    public string Body { get; set; }

    public string MD5OfBody { get; set; }

    public string MD5OfMessageAttributes { get; set; }

    public Dictionary<string, MessageAttributeValue> MessageAttributes { get; set; } = Collections.Map<MessageAttributeValue>();

    public string MessageId { get; set; }

    public string ReceiptHandle { get; set; }
}

public class MessageAttributeValue
{
    public List<MemoryStream> BinaryListValues { get; set; } = Collections.List<MemoryStream>();

    public MemoryStream BinaryValue { get; set; }

    public string DataType { get; set; }

    public List<string> StringListValues { get; set; } = Collections.List<string>();

    public string StringValue { get; set; }
}

public class MessageSystemAttributeValue
{
    public MemoryStream BinaryValue { get; set; }

    public string DataType { get; set; }

    public string StringValue { get; set; }
}
