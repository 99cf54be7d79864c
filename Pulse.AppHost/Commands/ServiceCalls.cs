using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Pulse.AppHost.Commands;

/// <summary>Calls of the running services, with a person's token or with the service key; bodies in snake_case, as the API has them.</summary>
internal sealed class ServiceCalls(ParameterResource serviceKey)
{
    private static readonly JsonSerializerOptions SnakeCase = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public Task<TAnswer> InternalAsync<TAnswer>(ExecuteCommandContext context, HttpMethod method, IResourceBuilder<ProjectResource> service, string path, object? body = null) =>
        SendAsync<TAnswer>(context, method, service, path, body, async (request, ct) => request.Headers.Add("x-pulse-service-key", await serviceKey.GetValueAsync(ct)));

    public Task<TAnswer> PublicAsync<TAnswer>(ExecuteCommandContext context, HttpMethod method, IResourceBuilder<ProjectResource> service, string path, string? token = null, object? body = null) =>
        SendAsync<TAnswer>(context, method, service, path, body, (request, _) =>
        {
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return Task.CompletedTask;
        });

    private static async Task<TAnswer> SendAsync<TAnswer>(
        ExecuteCommandContext context,
        HttpMethod method,
        IResourceBuilder<ProjectResource> service,
        string path,
        object? body,
        Func<HttpRequestMessage, CancellationToken, Task> authorize)
    {
        var ct = context.CancellationToken;
        using var client = context.ServiceProvider.GetRequiredService<IHttpClientFactory>().CreateClient();
        using var request = new HttpRequestMessage(method, new Uri(new Uri(service.GetEndpoint("http").Url), path));
        if (body is not null) request.Content = JsonContent.Create(body, options: SnakeCase);
        await authorize(request, ct);
        using var answer = await SendAsync(client, request, service.Resource.Name, ct);
        if (!answer.IsSuccessStatusCode) throw await RefusalAsync(answer, method, path, ct);
        return await answer.Content.ReadFromJsonAsync<TAnswer>(SnakeCase, ct) ?? throw new CallRefusedException((int)answer.StatusCode, $"{method} {path} answered nothing.");
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request, string service, CancellationToken ct)
    {
        try
        {
            return await client.SendAsync(request, ct);
        }
        catch (HttpRequestException)
        {
            throw new CallRefusedException(status: 0, $"{service} does not answer; does it run?");
        }
    }

    private static async Task<CallRefusedException> RefusalAsync(HttpResponseMessage answer, HttpMethod method, string path, CancellationToken ct)
    {
        var status = (int)answer.StatusCode;
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<ProblemDetails>(ct);
            return new CallRefusedException(status, $"{method} {path}: {problem?.Detail ?? problem?.Title ?? $"{status}"}");
        }
        catch (JsonException)
        {
            return new CallRefusedException(status, $"{method} {path} answered {status}.");
        }
    }
}

/// <summary>An answer that is not a success; a <paramref name="status"/> of 0 when there was none.</summary>
internal sealed class CallRefusedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
