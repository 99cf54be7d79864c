using Amazon.SimpleNotificationService;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;
using Pulse.Messaging.Sns;
using Pulse.Messaging.Sqs;

namespace Pulse.Messaging;

public static class BusRegistration
{
    /// <summary>Topics are SNS.</summary>
    public static IHostApplicationBuilder AddEventPublisher(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<BusOptions>().BindConfiguration(BusOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IAmazonSimpleNotificationService>(_ => new AmazonSimpleNotificationServiceClient(
            new AmazonSimpleNotificationServiceConfig { Timeout = TimeSpan.FromSeconds(5), MaxErrorRetry = 1 }));
        builder.Services.AddSingleton<IEventPublisher, SnsEventPublisher>();
        return builder.AddBusHealth();
    }

    /// <summary>Queues are SQS.</summary>
    public static IHostApplicationBuilder AddMessageQueues(this IHostApplicationBuilder builder)
    {
        // A long poll takes up to 20 s, so the time limit is above it; the loop that receives does its own retries.
        builder.Services.AddSingleton<IAmazonSQS>(_ => new AmazonSQSClient(new AmazonSQSConfig { Timeout = TimeSpan.FromSeconds(30), MaxErrorRetry = 1 }));
        builder.Services.AddSingleton<IMessageQueueFactory, SqsMessageQueueFactory>();
        return builder.AddBusHealth();
    }

    private static IHostApplicationBuilder AddBusHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<BusHealth>();
        // Without the bus posts are still taken and read, only later delivered.
        builder.Services.AddHealthChecks().AddCheck<BusHealth>("bus", HealthStatus.Degraded);
        return builder;
    }
}
