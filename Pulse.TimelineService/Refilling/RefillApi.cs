using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Http;
using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines.Refilling;

namespace Pulse.TimelineService.Refilling;

/// <summary>What <c>./pulse timelines rebuild</c> asks.</summary>
internal static partial class RefillApi
{
    public static void MapRefillApi(this IEndpointRouteBuilder routes) => routes.MapInternalGroup().MapPost("/timelines/refill", Refill);

    /// <summary>Answers with a line now and then, as it works. Only the last line of a refill that was finished begins with a ✓.</summary>
    internal static async Task<Results<EmptyHttpResult, ProblemHttpResult>> Refill(
        HttpResponse response, NpgsqlDataSource source, TimelineRefill refill, ILogger<TimelineRefill> logger, CancellationToken ct)
    {
        await using var turn = await RefillTurn.TryTakeAsync(source, ct);
        if (turn is null) return Problem.Conflict("/problems/refill-running", "Another rebuild is running; wait for its end.");

        response.ContentType = "text/plain; charset=utf-8";
        try
        {
            await foreach (var line in refill.RunAsync(ct)) await WriteAsync(response, line, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            // Too late for another status: the answer has begun.
            LogFailed(logger, exception);
            await WriteAsync(response, $"✗ {exception.Message}", ct);
        }

        return TypedResults.Empty;
    }

    private static async Task WriteAsync(HttpResponse response, string line, CancellationToken ct)
    {
        await response.WriteAsync(line + "\n", ct);
        await response.Body.FlushAsync(ct);
    }

    [LoggerMessage(8403, LogLevel.Error, "The refill of timelinedb failed; it may be run again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}

internal static class RefillRegistration
{
    public static WebApplicationBuilder AddRefill(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RefillOptions>().BindConfiguration(RefillOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddInternalHttpClient(OwnerClient.Users, "users");
        services.AddInternalHttpClient(OwnerClient.Posts, "posts");
        services.AddSingleton<OwnerClient>();
        services.AddSingleton<TimelineRefill>();
        return builder;
    }
}
