using System.ComponentModel.DataAnnotations;

namespace Pulse.Messaging;

/// <summary>Where topics are. Region, credentials and (locally) the endpoint come from the standard <c>AWS_*</c> variables.</summary>
public sealed class BusOptions
{
    public const string Section = "Bus";

    /// <summary>What stands before a topic's name in its ARN: <c>arn:aws:sns:{region}:{account}:</c>.</summary>
    [Required, RegularExpression("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:$")]
    public string TopicArnPrefix { get; set; } = "";
}
