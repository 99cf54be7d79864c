using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pulse.Contracts;
using Pulse.ServiceDefaults.Health;

namespace Pulse.Gateway.SystemStatus;

/// <summary>Asks one process for its <c>/health</c>. A process that is away is an answer too.</summary>
internal sealed partial class ServiceProbe(IHttpClientFactory clients, IConfiguration configuration, TimeProvider clock, ILogger<ServiceProbe> logger)
{
    internal const string Client = "health-probe";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly HealthBody Away = new(HealthStatus.Unhealthy, new Dictionary<string, HealthStatus>(StringComparer.Ordinal));

    public async Task<HealthBody> AskAsync(string service)
    {
        // Not the caller's token: the answer is shared with other callers.
        using var timeout = new CancellationTokenSource(Patience, clock);
        try
        {
            using var client = clients.CreateClient(Client);
            var address = new Uri(new Uri(configuration[$"services:{service}:http:0"] ?? ""), "/health");
            using var answer = await client.GetAsync(address, timeout.Token);
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
