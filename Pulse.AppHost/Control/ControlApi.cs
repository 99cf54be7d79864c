using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pulse.AppHost.Control;

/// <summary>What `./pulse status`, `resource`, `logs` and `down` ask, on a Unix socket that only its owner may open.</summary>
internal static class ControlApi
{
    public static WebApplication Create(DistributedApplication app, PulseRun run)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], EnvironmentName = Environments.Production });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(run.ControlSocket);
            // A log may be followed by somebody who pauses the terminal.
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddSingleton(run);
        builder.Services.AddSingleton(new ResourceControl(app));
        builder.Services.AddSingleton(new ShutdownSignal(app.Services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);

        var control = builder.Build();
        control.UseExceptionHandler();
        control.UseStatusCodePages();
        control.MapControlApi();
        return control;
    }

    public static async Task StartListeningAsync(this WebApplication control, string socket)
    {
        File.Delete(socket); // left by a run that was killed; the data folder's lock is ours
        await control.StartAsync();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void MapControlApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/resources", async (ResourceControl resources, CancellationToken ct) => new ResourceList(await resources.ListAsync(ct)));
        foreach (var command in (string[])["start", "stop", "restart", "rebuild"])
        {
            routes.MapPost($"/resources/{{name}}/{command}", (string name, ResourceControl resources, CancellationToken ct) => ExecuteAsync(name, command, resources, ct));
        }

        routes.MapPost("/resources/{name}/{command}", ExecuteOwnAsync);
        routes.MapGet("/resources/{name}/logs", ReadLogsAsync);
        routes.MapGet("/urls", GetUrls);
        routes.MapPost("/shutdown", (ShutdownSignal shutdown) =>
        {
            shutdown.Send();
            return TypedResults.Accepted((string?)null);
        });
    }

    private static async Task<Results<Ok<ResourceList>, ProblemHttpResult>> ExecuteAsync(string name, string command, ResourceControl resources, CancellationToken ct)
    {
        if (await resources.FindAsync(name, ct) is not { } target) return NotFound(name);
        return await resources.ExecuteAsync(target, command, ct) is { } failure
            ? TypedResults.Problem(failure, statusCode: StatusCodes.Status409Conflict, title: $"{command} of {name} failed")
            : TypedResults.Ok(new ResourceList([.. (await resources.ListAsync(ct)).Where(view => target.Ids.Contains(view.Id, StringComparer.Ordinal))]));
    }

    private static async Task<Results<Ok<CommandAnswer>, ProblemHttpResult>> ExecuteOwnAsync(string name, string command, ResourceControl resources, CancellationToken ct)
    {
        if (await resources.FindAsync(name, ct) is not { } target) return NotFound(name);
        var known = ResourceControl.CommandsOf(target);
        if (!known.Contains(command, StringComparer.Ordinal))
            return TypedResults.Problem($"{name} knows the commands {string.Join(", ", known)}.", statusCode: StatusCodes.Status404NotFound);
        var result = await resources.ExecuteOwnAsync(target, command, ct);
        return result.Success
            ? TypedResults.Ok(new CommandAnswer(result.Message))
            : TypedResults.Problem(result.Message ?? "It did not succeed.", statusCode: StatusCodes.Status409Conflict, title: $"{command} of {name} failed");
    }

    private static async Task<Results<ContentHttpResult, PushStreamHttpResult, ProblemHttpResult>> ReadLogsAsync(
        string name, int? tail, bool? follow, ResourceControl resources, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        if (await resources.FindAsync(name, ct) is not { } target) return NotFound(name);
        var lines = Math.Max(tail ?? int.MaxValue, 0);
        if (follow is not true) return TypedResults.Text(await resources.ReadLogsAsync(target, lines), "text/plain");
        return TypedResults.Stream(body => FollowAsync(target, lines, body, resources, lifetime.ApplicationStopping, ct), "text/plain; charset=utf-8");
    }

    private static async Task FollowAsync(ResourceTarget target, int tail, Stream body, ResourceControl resources, CancellationToken stopping, CancellationToken left)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, left);
        try
        {
            await resources.FollowLogsAsync(target, tail, body, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The end of the application is the end of its logs; and who left wants no more.
        }
    }

    private static Urls GetUrls(PulseRun run) => run.HasDashboard
        ? new Urls(run.GatewayUrl, run.DashboardUrl, PulseHost.DashboardLogin(run), run.Secret("dashboard-api-key"), $"{run.DashboardUrl}/api/telemetry")
        : new Urls(run.GatewayUrl, null, null, null, null);

    private static ProblemHttpResult NotFound(string name) =>
        TypedResults.Problem($"There is no resource named {name}.", statusCode: StatusCodes.Status404NotFound);

    // Not IHostApplicationLifetime itself: that name means this small web application here.
    private sealed class ShutdownSignal(IHostApplicationLifetime application)
    {
        public void Send() => application.StopApplication();
    }

    /// <param name="Message">What the command says of its success, if anything.</param>
    private sealed record CommandAnswer(string? Message);

    private sealed record ResourceList(IReadOnlyList<ResourceView> Resources);

    private sealed record Urls(string Api, string? Dashboard, string? DashboardLogin, string? DashboardApiKey, string? DashboardApi);
}
