using Pulse.Messaging.Outbox;
using Pulse.ServiceDefaults.Http;

namespace Pulse.UserService.Departure;

internal static class DepartureRegistration
{
    public static void AddDeparture(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ErasureOptions>().BindConfiguration(ErasureOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddInternalHttpClient(AccountErasure.Client, "posts");
        // After those of the graph: what they write for an event of the same turn must not outlive the account.
        builder.Services.AddSingleton<IOutboxObserver, DepartedKeys>();
        builder.Services.AddHostedService<ErasureWorker>();
        builder.Services.AddScoped<AccountClosing>();
        builder.Services.AddScoped<AccountErasure>();
        builder.Services.AddScoped<Export>();
    }
}
