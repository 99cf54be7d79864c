using System.Globalization;

namespace Pulse.Engine.Tests.Histories;

/// <summary>
/// Which histories a run takes. <c>PULSE_TEST_SEED</c> repeats one; <c>PULSE_TEST_MINUTES</c> takes new ones for that long;
/// otherwise they are the same each time.
/// </summary>
internal static class TestRun
{
    private const int FirstSeed = 1;

    public static IEnumerable<int> Seeds(int count)
    {
        if (Number("PULSE_TEST_SEED") is { } one) return [(int)one];
        if (Number("PULSE_TEST_MINUTES") is not { } minutes) return Enumerable.Range(FirstSeed, count);

        var (first, begun) = (Random.Shared.Next(), TimeProvider.System.GetTimestamp());
        return Enumerable.Range(0, int.MaxValue)
            .TakeWhile(_ => TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(minutes))
            .Select(number => first + number & int.MaxValue);
    }

    private static double? Number(string variable) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
