using System.Globalization;

namespace Pulse.SystemTests.Oracle;

/// <summary>Where random histories begin; <c>PULSE_TEST_SEED</c> repeats one.</summary>
internal static class Seed
{
    public static int Choose() =>
        int.TryParse(Environment.GetEnvironmentVariable("PULSE_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();

    /// <summary>As many seeds, or new ones for <c>PULSE_TEST_MINUTES</c>.</summary>
    public static IEnumerable<int> From(int first, int count)
    {
        var variable = Environment.GetEnvironmentVariable("PULSE_TEST_MINUTES");
        if (!double.TryParse(variable, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes)) return Enumerable.Range(0, count).Select(number => Nth(first, number));

        var begun = TimeProvider.System.GetTimestamp();
        return Enumerable.Range(0, int.MaxValue)
            .TakeWhile(_ => TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(minutes))
            .Select(number => Nth(first, number));

        static int Nth(int first, int number) => (int)(((long)first + number) % int.MaxValue);
    }

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
