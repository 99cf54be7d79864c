using System.Text.Json;
using Pulse.AppHost.Local;

namespace Pulse.AppHost.Tests;

public sealed class BusTopologyTests
{
    private readonly JsonElement _init = JsonDocument.Parse(BusTopology.ToInitJson()).RootElement;

    [Theory]
    [InlineData("pulse-fanout")]
    [InlineData("pulse-graph")]
    [InlineData("pulse-notifications")]
    public void ToInitJson_Queue_HasItsDeadLettersBeforeIt(string name)
    {
        var queues = _init.GetProperty("queues").EnumerateArray().ToList();
        var index = queues.FindIndex(q => q.GetProperty("name").GetString() == name);
        var attributes = queues[index].GetProperty("attributes");
        var redrive = JsonDocument.Parse(attributes.GetProperty("RedrivePolicy").GetString()!).RootElement;

        Assert.Equal("30", attributes.GetProperty("VisibilityTimeout").GetString());
        Assert.Equal(3, redrive.GetProperty("maxReceiveCount").GetInt32());
        Assert.Equal($"arn:aws:sqs:us-east-1:000000000000:{name}-dlq", redrive.GetProperty("deadLetterTargetArn").GetString());
        Assert.InRange(queues.FindIndex(q => q.GetProperty("name").GetString() == $"{name}-dlq"), 0, index - 1);
    }

    [Fact]
    public void ToInitJson_Subscriptions_AreRawAndFilteredByType()
    {
        var subscriptions = _init.GetProperty("subscriptions").EnumerateArray()
            .Select(s => (Topic: s.GetProperty("topic").GetString(), Queue: s.GetProperty("queue").GetString(), Attributes: s.GetProperty("attributes")))
            .ToList();

        Assert.Equal(
            [
                ("pulse-post-events", "pulse-fanout"), ("pulse-user-events", "pulse-graph"),
                ("pulse-post-events", "pulse-notifications"), ("pulse-user-events", "pulse-notifications"),
            ],
            subscriptions.Select(s => (s.Topic, s.Queue)));
        Assert.All(subscriptions, s => Assert.Equal("true", s.Attributes.GetProperty("RawMessageDelivery").GetString()));
        Assert.Equal("""{"type":["post.published","post.edited","post.deleted"]}""", subscriptions[0].Attributes.GetProperty("FilterPolicy").GetString());
        Assert.Equal("""{"type":["post.published","post.mentioned","post.deleted","post.liked","post.unliked"]}""", subscriptions[2].Attributes.GetProperty("FilterPolicy").GetString());
    }

    [Fact]
    public void ToInitJson_Buckets_AreThatOfPictures() => Assert.Equal(["pulse-media"], _init.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetString()));
}
