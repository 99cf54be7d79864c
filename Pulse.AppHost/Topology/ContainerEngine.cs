using System.ComponentModel;
using System.Diagnostics;

namespace Pulse.AppHost.Topology;

/// <summary>Asks a container engine for something small that only a running engine can say.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>Null when it answers, else why not, as the end of a sentence about it.</returns>
    public static Task<string?> AskAsync(string engine, CancellationToken ct) => AskAsync(engine, Patience, ct);

    internal static async Task<string?> AskAsync(string engine, TimeSpan patience, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(patience);
        try
        {
            using var question = Start(engine);
            try
            {
                var said = question.StandardError.ReadToEndAsync(deadline.Token);
                _ = await question.StandardOutput.ReadToEndAsync(deadline.Token);
                await question.WaitForExitAsync(deadline.Token);
                return question.ExitCode == 0 ? null : $"does not answer ({FirstLine(await said) ?? $"exit code {question.ExitCode}"})";
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                question.Kill(entireProcessTree: true);
                return $"does not answer within {patience.TotalSeconds:0.#} s";
            }
        }
        catch (Win32Exception)
        {
            return "is not installed";
        }
    }

    private static Process Start(string engine)
    {
        var start = new ProcessStartInfo(engine, ["container", "ls", "--last", "1", "--quiet"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start) ?? throw new Win32Exception();
    }

    private static string? FirstLine(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
}
