using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Supervision;

/// <summary>`dotnet build` of one project, one at a time: two would write to the same folders of the libraries they share.</summary>
internal sealed class ProjectBuilds(ProcessWatchdog watchdog, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for other builds; ends when the lease is disposed.</summary>
    public async Task<IDisposable> TakeTurnAsync()
    {
        await _turn.WaitAsync();
        return new Turn(_turn);
    }

    /// <summary>Compiles the project and builds those that it references. The output folder of the project stays as it is.</summary>
    public Task<BuildOutcome> CompileAsync(string project, Action<string, bool> write) => RunAsync(project, ["-target:Compile"], write);

    /// <summary>Copies what was compiled, with what it needs, to the project's output folder.</summary>
    public Task<BuildOutcome> PutInPlaceAsync(string project, Action<string, bool> write) => RunAsync(project, ["--no-restore", "--no-dependencies"], write);

    private async Task<BuildOutcome> RunAsync(string project, string[] arguments, Action<string, bool> write)
    {
        string? firstError = null;
        var process = SupervisedProcess.Start(Plan(project, arguments), Take, watchdog, clock);
        try
        {
            var code = await process.Exited.WaitAsync(Patience, clock);
            return new BuildOutcome(code, firstError);
        }
        catch (TimeoutException)
        {
            await process.StopAsync(TimeSpan.Zero, CancellationToken.None);
            return new BuildOutcome(await process.Exited, $"it took more than {Patience.TotalMinutes:0} minutes");
        }

        void Take(string line, bool isError)
        {
            var isDiagnostic = line.Contains(": error ", StringComparison.Ordinal);
            if (isDiagnostic) firstError ??= line.Trim();
            write(line, isError || isDiagnostic);
        }
    }

    private static LaunchPlan Plan(string project, string[] arguments) => new(
        LaunchPlanner.FindDotnet(),
        ["build", project, "--configuration", LaunchPlanner.Configuration, "--nologo", "-verbosity:minimal", "-consoleLoggerParameters:NoSummary", "-terminalLogger:off", .. arguments],
        Path.GetDirectoryName(project)!,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Nothing of the build outlives it: its helpers would be ended with its process group, in the middle of somebody's work.
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["UseSharedCompilation"] = "false",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
        });

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}

/// <summary>How a build ended.</summary>
internal sealed record BuildOutcome(int ExitCode, string? FirstError)
{
    public bool Succeeded => ExitCode == 0;

    public override string ToString() => $"exit code {ExitCode}{(FirstError is null ? "" : $": {FirstError}")}";
}
