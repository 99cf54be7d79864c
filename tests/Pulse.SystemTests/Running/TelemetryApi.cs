using System.Net.Http.Json;
using System.Text.Json;

namespace Pulse.SystemTests.Running;

/// <summary>A span as the dashboard knows it.</summary>
internal sealed record TraceSpan(string Service, string Name, string Id, string? ParentId);

/// <summary>The telemetry API of the Aspire dashboard: OTLP as JSON.</summary>
internal sealed class TelemetryApi
{
    private readonly HttpClient _client;
    private readonly string _api;

    public TelemetryApi(string api, string key)
    {
        (_api, _client) = (api, new HttpClient());
        _client.DefaultRequestHeaders.Add("x-api-key", key);
    }

    /// <summary>The spans of a trace that have arrived so far.</summary>
    public async Task<IReadOnlyList<TraceSpan>> TraceAsync(string traceId, CancellationToken ct)
    {
        using var answer = await _client.GetAsync($"{_api}/traces/{traceId}", ct);
        if (!answer.IsSuccessStatusCode) return [];

        var trace = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        return
        [
            .. from resource in trace.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let service = ServiceOf(resource)
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new TraceSpan(
                   service,
                   span.GetProperty("name").GetString()!,
                   span.GetProperty("spanId").GetString()!,
                   span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null),
        ];
    }

    /// <summary>Everything that the dashboard keeps of a kind, <c>spans</c>, <c>traces</c> or <c>logs</c>, as it answers it.</summary>
    public async Task<string> ReadAsync(string kind, CancellationToken ct)
    {
        using var answer = await _client.GetAsync($"{_api}/{kind}?limit=100000", ct);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync(ct);
    }

    private static string ServiceOf(JsonElement resource) => resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
        .First(attribute => attribute.GetProperty("key").GetString() == "service.name").GetProperty("value").GetProperty("stringValue").GetString()!;
}
