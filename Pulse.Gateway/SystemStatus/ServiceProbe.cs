using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pulse.Contracts;
using Pulse.ServiceDefaults.Health;
using Pulse.ServiceDefaults.Liveness;

namespace Pulse.Gateway.SystemStatus;

/// <summary>Asks one process for its <c>/health</c>. A process that is away is an answer too.</summary>
internal sealed partial class ServiceProbe(
    IHttpClientFactory clients, ServiceWatches watches, IConfiguration configuration, TimeProvider clock, ILogger<ServiceProbe> logger)
{
    internal const string Client = "health-probe";

    // The answer about the whole system has to be there within a second; a process takes half of that to find out about its dependencies.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(850);
    private static readonly HealthBody Away = new(HealthStatus.Unhealthy, new Dictionary<string, HealthStatus>(StringComparer.Ordinal));

    public async Task<HealthBody> AskAsync(string service)
    {
        // Not the caller's token: the answer is shared with other callers.
        using var timeout = new CancellationTokenSource(Patience, clock);
        try
        {
            var address = new Uri(configuration[$"services:{service}:http:0"] ?? "");
            watches.Over(service, address, Client).Begin().ThrowIfDead();
            using var client = clients.CreateClient(Client);
            using var answer = await client.GetAsync(new Uri(address, "/health"), timeout.Token);
            return await ReadAsync(answer, timeout.Token);
        }
        catch (Exception exception)
        {
            // Whatever it was, the process did not say that it is well.
            LogAway(exception, service);
            return Away;
        }
    }

    private static async Task<HealthBody> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            if (await answer.Content.ReadFromJsonAsync<HealthBody>(PulseJson.Options, ct) is { } body) return body;
        }
        catch (JsonException)
        {
            // A process without details; its status code still tells.
        }

        return answer.IsSuccessStatusCode ? Away with { Status = HealthStatus.Healthy } : Away;
    }

    [LoggerMessage(6201, LogLevel.Debug, "{Service} did not answer its health probe")]
    private partial void LogAway(Exception exception, string service);
}
