using System.Net.Http.Json;
using System.Text;
using Pulse.Contracts;

namespace Pulse.UserService.Tests.Hosting;

internal static class Json
{
    /// <summary>The body of an answer that must be a success.</summary>
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode) Assert.Fail($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(ct)}");
        return (await response.Content.ReadFromJsonAsync<T>(PulseJson.Options, ct))!;
    }

    public static async Task<T> GetAsync<T>(this HttpClient client, string path, CancellationToken ct)
    {
        using var response = await client.GetAsync(path, ct);
        return await response.ReadAsync<T>(ct);
    }

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
}
