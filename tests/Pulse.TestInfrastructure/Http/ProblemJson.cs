using System.Net;
using System.Text.Json;
using Xunit;

namespace Pulse.TestInfrastructure.Http;

/// <summary>What every error of every service must look like.</summary>
public static class ProblemJson
{
    /// <summary>Asserts status and form of an error, and the fields that it names.</summary>
    /// <returns>The body, for further questions.</returns>
    public static async Task<JsonElement> AssertAsync(HttpResponseMessage response, HttpStatusCode status, CancellationToken ct, params string[] fields)
    {
        var body = await response.Content.ReadAsStringAsync(ct);
        Assert.True(status == response.StatusCode, $"Expected {(int)status}, got {(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(body);
        foreach (var member in (string[])["type", "title", "detail", "instance"])
        {
            Assert.True(problem.TryGetProperty(member, out var value) && !string.IsNullOrWhiteSpace(value.GetString()), $"{member} is missing: {body}");
        }

        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal(response.RequestMessage!.RequestUri!.AbsolutePath, problem.GetProperty("instance").GetString());
        Assert.Equal(status == HttpStatusCode.BadRequest, problem.TryGetProperty("errors", out var errors));
        if (fields.Length > 0)
        {
            Assert.Equal(fields.Order(StringComparer.Ordinal), errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        }

        return problem;
    }
}
