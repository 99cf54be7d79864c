using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Events;

namespace Pulse.Messaging.Queues;

/// <summary>Opens queues by name.</summary>
public interface IMessageQueueFactory
{
    IMessageQueue Open(string name);
}

public static class QueuePumpRegistration
{
    /// <summary>Pumps <paramref name="queue"/> into <typeparamref name="THandler"/>, and adds its <see cref="DeadLetterQueue"/> and <see cref="QueueProgress"/>. Options come from <c>Queues:{queue}</c>, else <c>Queues</c>.</summary>
    /// <param name="builder">The worker.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="isAwaited">Whether its progress is one of those that are asked for together: somebody waits for what the queue brings.</param>
    public static IHostApplicationBuilder AddQueuePump<THandler>(this IHostApplicationBuilder builder, string queue, bool isAwaited = true)
        where THandler : class, IMessageHandler
    {
        builder.Services.AddOptions<QueuePumpOptions>(queue)
            .Configure<IConfiguration>((options, configuration) =>
            {
                configuration.GetSection(QueuePumpOptions.Section).Bind(options);
                configuration.GetSection($"{QueuePumpOptions.Section}:{queue}").Bind(options);
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<THandler>();
        builder.Services.AddSingleton(services => new DeadLetterQueue(
            services.GetRequiredService<IMessageQueueFactory>().Open(queue),
            services.GetRequiredService<IMessageQueueFactory>().Open(Topics.DeadLetters(queue)),
            services.GetRequiredService<ILogger<DeadLetterQueue>>()));
        builder.Services.AddKeyedSingleton(queue, (services, _) => new QueueProgress(queue, services.GetRequiredService<TimeProvider>()));
        if (isAwaited) builder.Services.AddSingleton(services => services.GetRequiredKeyedService<QueueProgress>(queue));
        // AddHostedService would keep only one pump: it registers a type once.
        builder.Services.AddSingleton<IHostedService>(services => new QueuePump(
            services.GetRequiredService<IMessageQueueFactory>().Open(queue),
            services.GetRequiredService<THandler>(),
            services.GetRequiredService<IOutageDetector>(),
            services.GetRequiredKeyedService<QueueProgress>(queue),
            services.GetRequiredService<IOptionsMonitor<QueuePumpOptions>>().Get(queue),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<QueuePump>>()));
        return builder;
    }
}
