using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.ResourceService.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.ResourceService;

/// <summary>The calls of the dashboard. A stream ends when its token is cancelled.</summary>
internal sealed class ResourceCalls(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceCommandService commands,
    string applicationName,
    IServiceProvider services)
{
    public async Task GetApplicationInformationAsync(HttpContext http, CancellationToken ct)
    {
        await RequestAsync(http, ApplicationInformationRequest.Parser, ct);
        await AnswerAsync(http, new ApplicationInformationResponse { ApplicationName = applicationName }, ct);
    }

    /// <summary>Everything there is, then each change; changes that gathered meanwhile go together, and of one resource only the last.</summary>
    public async Task WatchResourcesAsync(HttpContext http, CancellationToken ct)
    {
        await RequestAsync(http, WatchResourcesRequest.Parser, ct);
        await GrpcFrames.BeginAsync(http, ct);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var changes = new LatestChanges();
        var watching = changes.FollowAsync(notifications, done.Token);
        try
        {
            await GrpcFrames.WriteAsync(http, new WatchResourcesUpdate { InitialData = Everything() }, ct);
            while (true)
            {
                var update = new WatchResourcesChanges();
                update.Value.AddRange((await changes.TakeAsync(ct)).Select(change => new WatchResourcesChange { Upsert = View(change) }));
                await GrpcFrames.WriteAsync(http, new WatchResourcesUpdate { Changes = update }, ct);
            }
        }
        finally
        {
            await done.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task WatchConsoleLogsAsync(HttpContext http, CancellationToken ct)
    {
        var request = await RequestAsync(http, WatchResourceConsoleLogsRequest.Parser, ct);
        await GrpcFrames.BeginAsync(http, ct);
        if (!notifications.TryGetCurrentState(request.ResourceName, out var state)) return;

        // A dashboard that reads slowly holds up this stream alone: the lines stay in the ring, and those that fall out of it are counted.
        await foreach (var batch in logs.LogOf(state.ResourceId).WatchAsync(follow: !request.SuppressFollow, ct)) await GrpcFrames.WriteAsync(http, View(batch), ct);
    }

    public async Task ExecuteCommandAsync(HttpContext http, CancellationToken ct)
    {
        var request = await RequestAsync(http, ResourceCommandRequest.Parser, ct);
        // Not the token of the call: who closes the page does not take back what was asked.
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, CancellationToken.None);
        var answer = new ResourceCommandResponse
        {
            Kind = result.Success ? CommandOutcome.Succeeded : result.Canceled ? CommandOutcome.Cancelled : CommandOutcome.Failed,
        };
        if (result.Message is { } message) answer.Message = message;
        await AnswerAsync(http, answer, ct);
    }

    /// <summary>There are no dialogs here, but a dashboard that is refused this stream takes the whole service for lost.</summary>
    public async Task WatchInteractionsAsync(HttpContext http, CancellationToken ct)
    {
        await GrpcFrames.BeginAsync(http, ct);
        await http.Response.Body.FlushAsync(ct);
        while (await GrpcFrames.ReadAsync(http, WatchInteractionsRequestUpdate.Parser, ct) is not null)
        {
            // Nothing was asked, so there is nothing to answer.
        }
    }

    private static async Task<T> RequestAsync<T>(HttpContext http, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T> =>
        await GrpcFrames.ReadAsync(http, parser, ct) ?? throw new InvalidDataException("A request without a message.");

    private static async Task AnswerAsync(HttpContext http, IMessage answer, CancellationToken ct)
    {
        await GrpcFrames.BeginAsync(http, ct);
        await GrpcFrames.WriteAsync(http, answer, ct);
    }

    private static WatchResourceConsoleLogsUpdate View(IEnumerable<LogLine> lines)
    {
        var update = new WatchResourceConsoleLogsUpdate();
        update.LogLines.AddRange(lines.Select(line => new ConsoleLogLine { Text = line.Content, LineNumber = line.LineNumber, IsStdErr = line.IsErrorMessage }));
        return update;
    }

    private InitialResourceData Everything()
    {
        var data = new InitialResourceData();
        foreach (var id in model.Resources.SelectMany(ResourceInstance.IdsOf))
        {
            if (notifications.TryGetCurrentState(id, out var state)) data.Resources.Add(View(state));
        }

        return data;
    }

    private Wire.Resource View(ResourceEvent state) => ResourceView.From(state, services);
}
