using System.Globalization;

namespace Pulse.SystemTests.Oracle;

/// <summary>Where random histories begin; <c>PULSE_TEST_SEED</c> repeats one.</summary>
internal static class Seed
{
    private const int Usual = 1;

    private static string? Minutes => Environment.GetEnvironmentVariable("PULSE_TEST_MINUTES");

    /// <summary>The same each time, unless new histories are asked for.</summary>
    public static int Choose()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("PULSE_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)) return seed;
        return Minutes is null ? Usual : Random.Shared.Next();
    }

    /// <summary>As many seeds, or new ones for <c>PULSE_TEST_MINUTES</c>.</summary>
    public static IEnumerable<int> From(int first, int count)
    {
        if (!double.TryParse(Minutes, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes)) return Enumerable.Range(0, count).Select(number => Nth(first, number));

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
