using System.Globalization;

namespace Pulse.SystemTests.Oracle;

/// <summary>Where random histories begin; <c>PULSE_TEST_SEED</c> repeats one.</summary>
internal static class Seed
{
    public static int Choose() =>
        int.TryParse(Environment.GetEnvironmentVariable("PULSE_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();

    /// <summary>Runs a history; a failure tells its seed and what happened.</summary>
    public static async Task TellAsync(int seed, RandomHistory history, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"PULSE_TEST_SEED={seed}: {failure.Message}\n{history.Story}", failure);
        }
    }
}
