using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Authentication;

namespace Pulse.Gateway.Authentication;

/// <summary>Refuses what was revoked, and ends what goes on with it.</summary>
internal static class RevocationRegistration
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void AddRevocations(this WebApplicationBuilder builder)
    {
        // Not a client as services have: asking once a second is a watch of its own.
        builder.Services.AddHttpClient(RevocationFollower.Client)
            .ConfigureHttpClient((services, client) =>
            {
                client.BaseAddress = new Uri(services.GetRequiredService<IConfiguration>()["services:users:http:0"] ?? throw new InvalidOperationException("The address of 'users' is not configured."));
                client.DefaultRequestHeaders.Add(ServiceKeyOptions.Header, services.GetRequiredService<IOptions<ServiceKeyOptions>>().Value.ServiceKey);
                client.Timeout = Patience;
            })
            .RemoveAllLoggers();
        builder.Services.AddSingleton<Revocations>();
        builder.Services.AddSingleton<IRevokedTokens>(services => services.GetRequiredService<Revocations>());
        builder.Services.AddSingleton<RunningRequests>();
        builder.Services.AddHostedService<RevocationFollower>();
    }

    /// <summary>
    /// Notes who is under way. A token that was not found good goes no further: the services behind follow no revocations, and an open
    /// call would show to a logged-out viewer what is his.
    /// </summary>
    public static void UseRevocations(this IReverseProxyApplicationBuilder proxy) =>
        proxy.Use((context, next) =>
        {
            if (context.User.Identity is { IsAuthenticated: true }) return RunAsync(context, next, context.RequestServices.GetRequiredService<RunningRequests>());

            context.Request.Headers.Authorization = default;
            return next(context);
        });

    private static async Task RunAsync(HttpContext context, RequestDelegate next, RunningRequests running)
    {
        var ticket = running.Enter(context, TokenSession.Of(context.User));
        try
        {
            await next(context);
        }
        finally
        {
            running.Leave(ticket);
        }
    }
}
