using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Pulse.Gateway.Routing;

namespace Pulse.Gateway.OpenApi;

/// <summary>
/// The documents of the services, asked for again after some seconds so that a restarted service is seen. A service that
/// is away keeps the document it had last.
/// </summary>
internal sealed partial class ServiceDocuments(IHttpClientFactory clients, IConfiguration configuration, TimeProvider clock, ILogger<ServiceDocuments> logger) : IDisposable
{
    internal const string Client = "openapi";

    private static readonly string[] Services = [ClusterTable.Users, ClusterTable.Posts, ClusterTable.Timelines];
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Answer? _last;

    public async Task<IReadOnlyList<ServiceDocument>> ReadAsync(CancellationToken ct)
    {
        if (FreshAnswer() is { } known) return known;

        await _asking.WaitAsync(ct);
        try
        {
            if (FreshAnswer() is { } other) return other;

            var documents = await Task.WhenAll(Services.Select(AskAsync));
            _last = new Answer([.. documents.OfType<ServiceDocument>()], clock.GetUtcNow());
            return _last.Documents;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private IReadOnlyList<ServiceDocument>? FreshAnswer() => _last is { } last && clock.GetUtcNow() - last.At < Fresh ? last.Documents : null;

    private async Task<ServiceDocument?> AskAsync(string service)
    {
        // Not the caller's token: the answer is shared with other callers.
        using var timeout = new CancellationTokenSource(Patience, clock);
        try
        {
            using var client = clients.CreateClient(Client);
            var address = new Uri(new Uri(configuration[$"services:{service}:http:0"] ?? ""), ApiDocument.Path);
            var json = await client.GetFromJsonAsync<JsonObject>(address, timeout.Token);
            return json is null ? null : new ServiceDocument(service, json);
        }
        catch (Exception exception)
        {
            // The page is better with a part missing than not at all, whatever the reason.
            LogMissing(service, exception.Message);
            return _last?.Documents.FirstOrDefault(document => document.Service == service);
        }
    }

    [LoggerMessage(6301, LogLevel.Warning, "The OpenAPI document of {Service} could not be read: {Reason}")]
    private partial void LogMissing(string service, string reason);

    private sealed record Answer(IReadOnlyList<ServiceDocument> Documents, DateTimeOffset At);
}
