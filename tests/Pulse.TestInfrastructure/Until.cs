using System.Diagnostics;

namespace Pulse.TestInfrastructure;

/// <summary>Waits on conditions, never on time.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(15);

    /// <summary>Returns when <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not within 30 seconds.</exception>
    public static Task TrueAsync(Func<Task<bool>> condition, string what, CancellationToken ct) => TrueAsync(condition, what, Patience, ct);

    /// <summary>Returns when <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="patience"/>.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan patience, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > patience) throw new TimeoutException($"Waited {patience.TotalSeconds:0} s in vain until {what}.");
            await Task.Delay(Interval, ct);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, CancellationToken ct) =>
        TrueAsync(() => Task.FromResult(condition()), what, ct);
}
