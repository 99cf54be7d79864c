using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Pulse.Messaging.Outbox;

public static class OutboxRegistration
{
    /// <summary>Adds the signal, the relay and its watch; needs an <c>NpgsqlDataSource</c> and an <see cref="Publishing.IEventPublisher"/>.</summary>
    public static IHostApplicationBuilder AddOutboxRelay(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddSingleton<OutboxStore>();
        builder.Services.AddSingleton<OutboxTelemetry>();
        builder.Services.AddSingleton<OutboxRelay>();
        builder.Services.AddHostedService<OutboxWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxRelay>());
        return builder;
    }
}
