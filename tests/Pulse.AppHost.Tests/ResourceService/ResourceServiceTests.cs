using Aspire.Hosting.ResourceService;
using Aspire.Hosting.ResourceService.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Pulse.AppHost.Tests.ResourceService;

/// <summary>What the dashboard asks the application host for, asked by a client of our own.</summary>
public sealed class ResourceServiceTests : IAsyncLifetime
{
    private const int Ok = 0;
    private const int InvalidArgument = 3;
    private const int Unimplemented = 12;
    private const int Unavailable = 14;
    private const int Unauthenticated = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("pulse-dashboard-").FullName;
    private RunningApplication _running = null!;
    private DashboardClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Uri Address => new(_running.App.Services.GetRequiredService<IConfiguration>()[ResourceServiceHost.UrlKey]!);

    public async ValueTask InitializeAsync()
    {
        // A dashboard that only is there: the service starts with it.
        var dashboard = Path.Combine(_folder, "dashboard");
        await File.WriteAllTextAsync(dashboard, "#!/bin/sh\nexec sleep 600\n", Ct);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(dashboard, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [] });
        builder.Configuration["ASPIRE_DASHBOARD_PATH"] = dashboard;
        builder.Configuration["ASPNETCORE_URLS"] = "http://127.0.0.1:1"; // nobody calls it
        var secret = builder.AddParameter("password", () => "hidden", secret: true);
        builder.AddExecutable("store", "/bin/sh", "/", "-c", "echo first; echo second >&2; exec sleep 600").WithEnvironment("PASSWORD", secret)
            .WithCommand("say", "Say", _ => Task.FromResult(new ExecuteCommandResult { Success = true, Message = "said" }), new CommandOptions { ConfirmationMessage = "Really?", IconName = "Chat" })
            .WithCommand("throw", "Throw", _ => throw new InvalidOperationException("it broke"));
        _running = await RunningApplication.StartAsync(builder);
        _client = new DashboardClient(Address, _running.App.Services.GetRequiredService<IConfiguration>()[ResourceServiceHost.ApiKeyKey]);
        await _running.UntilStateAsync("store", KnownResourceStates.Running);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _running.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Call_WithoutTheKey_IsUnauthenticated(string? key)
    {
        using var stranger = new DashboardClient(Address, key);

        var (answer, status) = await stranger.CallAsync("GetApplicationInformation", new ApplicationInformationRequest(), ApplicationInformationResponse.Parser, Ct);

        Assert.Null(answer);
        Assert.Equal(Unauthenticated, status);
    }

    [Fact]
    public async Task WatchResources_AtFirst_GivesEverythingWithSecretsMarked()
    {
        var resources = await FirstAsync();

        var store = resources["store"];
        Assert.Equal(("Executable", "Running"), (store.ResourceType, store.State));
        Assert.NotNull(store.CreatedAt);
        Assert.Contains(store.Properties, property => property.Name == "executable.pid" && property.Value.NumberValue > 0);
        Assert.All(store.Properties, property => Assert.NotNull(property.Value));
        Assert.True(resources["password"].Properties.Single(property => property.Name == "Value").IsSensitive);
        Assert.True(resources["aspire-dashboard"].IsHidden);
        var say = store.Commands.Single(command => command.Name == "say");
        Assert.Equal(("Say", "Really?", "Chat", CommandState.Enabled), (say.DisplayName, say.ConfirmationMessage, say.IconName, say.State));
    }

    [Fact]
    public async Task WatchResources_StopAndStart_UpsertsEachStateAndItsCommands()
    {
        var name = (await FirstAsync())["store"].Name;
        var opened = new TaskCompletionSource();
        var states = WatchAsync("store", opened, seen => seen.Contains("Exited") && seen[^1] == "Running");
        await opened.Task.WaitAsync(Ct);

        await ExecuteAsync("stop", name, Ok);
        await ExecuteAsync("start", name, Ok);

        var seen = await states;
        Assert.Contains("Stopping", seen.Select(resource => resource.State));
        var exited = seen.First(resource => resource.State == "Exited");
        Assert.Equal(CommandState.Enabled, exited.Commands.Single(command => command.Name == "start").State);
        Assert.Equal(CommandState.Hidden, exited.Commands.Single(command => command.Name == "stop").State);
        Assert.Contains(exited.Properties, property => property.Name == "resource.exitCode");
    }

    [Fact]
    public async Task WatchResourceConsoleLogs_LinesBeforeAndAfter_AllCome()
    {
        var name = (await FirstAsync())["store"].Name;
        var request = new WatchResourceConsoleLogsRequest { ResourceName = name };
        List<ConsoleLogLine> lines = [];
        await foreach (var update in _client.StreamAsync("WatchResourceConsoleLogs", request, WatchResourceConsoleLogsUpdate.Parser, ct: Ct))
        {
            lines.AddRange(update.LogLines);
            if (lines.Count == 2) _ = _running.App.ResourceCommands.ExecuteCommandAsync(name, "restart", Ct);
            if (lines.Count(line => line.Text.EndsWith("first", StringComparison.Ordinal)) == 2) break;
        }

        Assert.True(lines.Single(line => line.Text.EndsWith("second", StringComparison.Ordinal) && line.LineNumber <= 2).IsStdErr);
        Assert.Equal(lines.Select(line => line.LineNumber).Distinct().Count(), lines.Count);
    }

    [Fact]
    public async Task ExecuteResourceCommand_Own_TellsItsMessage()
    {
        var name = (await FirstAsync())["store"].Name;

        Assert.Equal((CommandOutcome.Succeeded, "said"), await ExecuteAsync("say", name, Ok));
        Assert.Equal((CommandOutcome.Failed, "it broke"), await ExecuteAsync("throw", name, Ok));
        var (outcome, message) = await ExecuteAsync("dance", name, Ok);
        Assert.Equal(CommandOutcome.Failed, outcome);
        Assert.Contains("'dance'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_UnknownOrBroken_EndsWithItsStatus()
    {
        Assert.Equal(Unimplemented, await _client.StatusOfAsync("UploadFile", DashboardClient.Frame(new WatchResourcesRequest()), Ct));
        Assert.Equal(InvalidArgument, await _client.StatusOfAsync("GetApplicationInformation", [1, 2, 3], Ct));
        Assert.Equal(InvalidArgument, await _client.StatusOfAsync("GetApplicationInformation", [0, 255, 255, 255, 255], Ct));
        Assert.Equal(InvalidArgument, await _client.StatusOfAsync("WatchResourceConsoleLogs", [0, 0, 0, 0, 2, 10, 200], Ct));
    }

    [Fact]
    public async Task Stop_WithStreamsOpen_EndsThemAsUnavailable()
    {
        var opened = new TaskCompletionSource();
        var watching = WatchToTheEndAsync();
        await Task.WhenAny(opened.Task, watching);

        await _running.App.StopAsync(Ct);

        Assert.Equal(Unavailable, await watching);

        async Task<int?> WatchToTheEndAsync()
        {
            int? status = null;
            await foreach (var _ in _client.StreamAsync("WatchResources", new WatchResourcesRequest(), WatchResourcesUpdate.Parser, ended => status = ended, Ct)) opened.TrySetResult();
            return status;
        }
    }

    private async Task<Dictionary<string, Aspire.Hosting.ResourceService.Wire.Resource>> FirstAsync()
    {
        await foreach (var update in _client.StreamAsync("WatchResources", new WatchResourcesRequest(), WatchResourcesUpdate.Parser, ct: Ct))
            return update.InitialData.Resources.ToDictionary(resource => resource.DisplayName, StringComparer.Ordinal);

        throw new InvalidOperationException("The stream ended at once.");
    }

    private async Task<List<Aspire.Hosting.ResourceService.Wire.Resource>> WatchAsync(string name, TaskCompletionSource opened, Func<string[], bool> isEnough)
    {
        List<Aspire.Hosting.ResourceService.Wire.Resource> seen = [];
        await foreach (var update in _client.StreamAsync("WatchResources", new WatchResourcesRequest(), WatchResourcesUpdate.Parser, ct: Ct))
        {
            var resources = update.InitialData?.Resources ?? update.Changes.Value.Select(change => change.Upsert);
            seen.AddRange(resources.Where(resource => resource.DisplayName == name));
            opened.TrySetResult();
            if (isEnough([.. seen.Select(resource => resource.State)])) break;
        }

        return seen;
    }

    private async Task<(CommandOutcome Kind, string Message)> ExecuteAsync(string command, string name, int expected)
    {
        var request = new ResourceCommandRequest { CommandName = command, ResourceName = name };
        var (answer, status) = await _client.CallAsync("ExecuteResourceCommand", request, ResourceCommandResponse.Parser, Ct);
        Assert.Equal(expected, status);
        return (answer!.Kind, answer.Message);
    }
}
