using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Oracle;

/// <summary>Compares what everybody reads with the oracle.</summary>
internal static class TimelineCheck
{
    private static readonly int[] Limits = [1, 7, 50];

    /// <summary>Waits until every timeline is what the oracle says, then walks them with every limit.</summary>
    public static async Task EqualsAsync(SocialRecord record, RandomHistory history, CancellationToken ct)
    {
        await QuiescentAsync(record, history, ct);
        await Parallel.ForEachAsync(record.Users, ct, async (user, token) =>
        {
            var expected = record.TimelineOf(user);
            foreach (var limit in Limits)
            {
                var walked = await user.WalkAsync(limit, token);
                Assert.True(expected.SequenceEqual(walked), $"With limit {limit}: {Difference(user, expected, walked)}");
            }
        });
    }

    private static async Task QuiescentAsync(SocialRecord record, RandomHistory history, CancellationToken ct)
    {
        List<string> wrong = [];
        try
        {
            await Until.TrueAsync(() => history.SinceLastFollow > RunningPulse.YoungEdge, "fan-out alone answers for the last follow", ct);
            await Until.TrueAsync(
                async () =>
                {
                    wrong.Clear();
                    foreach (var user in record.Users)
                    {
                        var page = await user.FeedAsync(ct, limit: 100);
                        var expected = record.TimelineOf(user).Take(100);
                        // Whoever stopped the worker left it behind, and until it has caught up every page says so.
                        if (page.Degraded.Any(what => what != "fanout-lag")) wrong.Add($"{user.Username}: degraded {string.Join(", ", page.Degraded)}");
                        if (!expected.SequenceEqual(page.Ids)) wrong.Add($"{Difference(user, expected, page.Ids)}, from {page.Source}, degraded [{string.Join(' ', page.Degraded)}], complete since {page.CompleteSince}");
                    }

                    return wrong.Count == 0;
                },
                "every timeline equals the oracle",
                ct);
        }
        catch (TimeoutException timeout)
        {
            Assert.Fail(timeout.Message + '\n' + string.Join('\n', wrong));
        }
    }

    private static string Difference(PulseUser user, IEnumerable<string> expected, IEnumerable<string> actual)
    {
        List<string> wanted = [.. expected];
        List<string> got = [.. actual];
        return $"{user.Username} ({user.Id}) misses [{string.Join(' ', wanted.Except(got))}], has [{string.Join(' ', got.Except(wanted))}] too many, "
            + $"{got.Count - got.Distinct().Count()} repeated, {(wanted.SequenceEqual(got.OrderByDescending(long.Parse)) ? "in the wrong order" : "sorted or not")}";
    }
}
