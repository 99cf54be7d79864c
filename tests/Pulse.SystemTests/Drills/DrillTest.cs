using System.Diagnostics;
using System.Globalization;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Processes;

namespace Pulse.SystemTests.Drills;

/// <summary>Kills something under load, starts it again, and accounts for every post.</summary>
public abstract class DrillTest(RunningPulse pulse, ITestOutputHelper output) : SystemTest(pulse)
{
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(3);

    private readonly Stopwatch _healing = new();

    /// <summary>kill -9 of exactly the process that Pulse names, once more <paramref name="posts"/> posts are answered.</summary>
    private protected async Task KillAsync(string resource, DrillCrowd crowd, int posts)
    {
        await crowd.AnsweredAsync(posts, Ct);
        await KillAsync(resource);
    }

    /// <summary>kill -9 of exactly the process that Pulse names, now.</summary>
    private protected async Task KillAsync(string resource)
    {
        using var process = Process.GetProcessById((await Pulse.StatusAsync(resource, Ct)).GetProperty("pid").GetInt32());
        BeginHealing();
        process.Kill();
        await Until.TrueAsync(
            async () => (await Pulse.StatusAsync(resource, Ct)).GetProperty("state").GetString() == "Exited",
            $"the status says that {resource} has exited",
            Ct);
    }

    /// <summary>kill -9, and the operator's start.</summary>
    private protected async Task KillAndStartAsync(string resource, DrillCrowd crowd, int posts)
    {
        await KillAsync(resource, crowd, posts);
        await Pulse.ResourceAsync(resource, "start", Ct);
    }

    /// <summary>Freezes what Pulse names, for as long as <paramref name="meanwhile"/> takes and for a while at least.</summary>
    private protected async Task FreezeAsync(string resource, Func<Task> meanwhile)
    {
        var pid = (await Pulse.StatusAsync(resource, Ct)).GetProperty("pid").GetInt32();
        var frozen = Stopwatch.StartNew();
        BeginHealing();
        ProcessTree.Freeze(pid);
        try
        {
            await meanwhile();
            await Until.TrueAsync(() => frozen.Elapsed > AWhile, $"{resource} was frozen for a while", Ct);
        }
        finally
        {
            ProcessTree.Thaw(pid);
        }
    }

    /// <summary>From here on the time to heal is counted.</summary>
    private protected void BeginHealing() => _healing.Restart();

    /// <summary>Ends the load, waits until every follower has every post, and reports. Those who wavered follow everybody in the end.</summary>
    private protected async Task AccountAsync(string killed, DrillCrowd crowd, IReadOnlyList<PulseUser>? waverers = null)
    {
        await crowd.AnsweredAsync(10, Ct);
        await crowd.StopAsync();
        foreach (var waverer in waverers ?? [])
        {
            foreach (var author in crowd.Authors) await waverer.FollowAsync(author, Ct);
        }

        await CompareAsync(killed, crowd, [.. crowd.Followers, .. waverers ?? []]);
    }

    /// <summary>Waits until every reader has every post exactly once, and reports.</summary>
    private protected async Task CompareAsync(string killed, DrillCrowd crowd, IReadOnlyList<PulseUser> readers)
    {
        var (committed, lost) = await crowd.CommittedAsync(Ct);
        var walks = new Dictionary<PulseUser, List<string>>();
        try
        {
            await Until.TrueAsync(
                async () =>
                {
                    foreach (var reader in readers)
                    {
                        if (walks.TryGetValue(reader, out var before) && before.SequenceEqual(committed)) continue;
                        if ((await reader.FeedAsync(Ct)).Degraded.Count > 0) return false;
                        walks[reader] = await reader.WalkAsync(50, Ct);
                        if (!walks[reader].SequenceEqual(committed)) return false;
                    }

                    return true;
                },
                "every post is in every timeline",
                Ct);
        }
        catch (TimeoutException)
        {
            // The numbers below say it better.
        }

        _healing.Stop();
        lost += walks.Values.Select(committed.Except).SelectMany(missing => missing).Distinct().Count();
        var repeated = walks.Values.Sum(walk => walk.Count - walk.Distinct().Count());
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"drill: {killed}: {committed.Count} posts committed, {lost} lost, {repeated} repeated, healed in {_healing.Elapsed.TotalSeconds:0.0} s; {crowd.Failed} requests failed, the slowest took {crowd.Slowest.Time.TotalSeconds:0.0} s ({crowd.Slowest.Request})");
        output.WriteLine(line);
        Console.WriteLine(line);

        Assert.Equal((0, 0), (lost, repeated));
        foreach (var reader in readers) Assert.Equal(committed, await reader.WalkAsync(7, Ct));
    }
}
