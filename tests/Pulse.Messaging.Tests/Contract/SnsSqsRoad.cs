using System.Security.Cryptography;
using System.Text.Json;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Options;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Sns;
using Pulse.Messaging.Sqs;
using Pulse.Messaging.Tests.Contract;
using Pulse.TestInfrastructure;

[assembly: AssemblyFixture(typeof(SnsSqs))]

namespace Pulse.Messaging.Tests.Contract;

/// <summary>The emulator, and for each test a topic and queues of its own.</summary>
public sealed class SnsSqs : IAsyncLifetime
{
    private const string Region = "us-east-1";
    private const string Key = "local";

    private LocalBus _bus = null!;
    private AmazonSimpleNotificationServiceClient _sns = null!;
    private AmazonSQSClient _sqs = null!;

    public async ValueTask InitializeAsync()
    {
        _bus = await LocalBus.CreateAsync(topology: null, TestContext.Current.CancellationToken);
        _sns = new AmazonSimpleNotificationServiceClient(Key, Key, new AmazonSimpleNotificationServiceConfig { ServiceURL = _bus.Endpoint, AuthenticationRegion = Region });
        _sqs = new AmazonSQSClient(Key, Key, new AmazonSQSConfig { ServiceURL = _bus.Endpoint, AuthenticationRegion = Region });
    }

    public async ValueTask DisposeAsync()
    {
        _sns.Dispose();
        _sqs.Dispose();
        await _bus.DisposeAsync();
    }

    public async Task<Road> OpenAsync(CancellationToken ct)
    {
        var name = $"road-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var deadLetters = await CreateQueueAsync(name + "-dlq", [], ct);
        var policy = JsonSerializer.Serialize(new Dictionary<string, object> { ["deadLetterTargetArn"] = deadLetters, ["maxReceiveCount"] = Road.MaxReceiveCount });
        var queue = await CreateQueueAsync(name, new Dictionary<string, string> { ["RedrivePolicy"] = policy }, ct);
        var topic = (await _sns.CreateTopicAsync(name, ct)).TopicArn;
        await _sns.SubscribeAsync(
            new SubscribeRequest(topic, "sqs", queue)
            {
                Attributes = new Dictionary<string, string>
                {
                    ["RawMessageDelivery"] = "true",
                    ["FilterPolicy"] = JsonSerializer.Serialize(new Dictionary<string, string[]> { [MessagingTelemetry.TypeAttribute] = Road.Types }),
                },
            },
            ct);
        var options = Options.Create(new BusOptions { TopicArnPrefix = LocalBus.TopicArnPrefix });
        return new Road(new SnsEventPublisher(_sns, options, new BusHealth()), name, new SqsMessageQueue(_sqs, new BusHealth(), name), new SqsMessageQueue(_sqs, new BusHealth(), name + "-dlq"));
    }

    private async Task<string> CreateQueueAsync(string name, Dictionary<string, string> attributes, CancellationToken ct)
    {
        var created = await _sqs.CreateQueueAsync(new CreateQueueRequest(name) { Attributes = attributes }, ct);
        return (await _sqs.GetQueueAttributesAsync(created.QueueUrl, ["QueueArn"], ct)).Attributes["QueueArn"];
    }
}

public sealed class SqsQueueTests(SnsSqs bus) : QueueContract
{
    protected override Task<Road> OpenAsync() => bus.OpenAsync(TestContext.Current.CancellationToken);
}

public sealed class SqsPumpTests(SnsSqs bus) : PumpContract
{
    protected override Task<Road> OpenAsync() => bus.OpenAsync(TestContext.Current.CancellationToken);
}

public sealed class SqsProgressTests(SnsSqs bus) : ProgressContract
{
    protected override Task<Road> OpenAsync() => bus.OpenAsync(TestContext.Current.CancellationToken);
}
