using Pulse.AppHost.Control;

namespace Pulse.AppHost.Topology;

/// <summary>Chooses the topology and says so: on the console, and in the file that `./pulse up` and `status` read.</summary>
internal static class PulseTopology
{
    /// <returns>Null, and one line on stderr, when what PULSE_TOPOLOGY asks for can't be.</returns>
    public static async Task<ITopology?> CreateAsync(IDistributedApplicationBuilder builder, PulseRun run)
    {
        TopologyChoice choice;
        try
        {
            choice = await TopologyChoice.MakeAsync(
                Environment.GetEnvironmentVariable, TopologyChoice.HasOrchestrator(typeof(PulseTopology).Assembly), ContainerEngine.AskAsync, CancellationToken.None);
        }
        catch (StartRefusedException refused)
        {
            Refusal.Print(refused.Message);
            return null;
        }

        Console.WriteLine($"Topology: {choice}");
        await File.WriteAllTextAsync(Path.Combine(run.DataDirectory, "topology"), $"{choice}\n");
        return choice.Kind == TopologyKind.Containers ? new ContainerTopology(builder, run, choice.Engine!) : new LocalTopology(builder, run);
    }
}
