using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Drills.Steps;

/// <summary>
/// kill -9 at one step of the write path. The step is held from outside: by a lock on the table that it needs next, or by a bus or
/// a Redis that hangs. The process stands there, provably; then it is killed, the hold released, the process started, and every
/// post accounted for.
/// </summary>
public abstract class StepDrill(RunningPulse pulse, ITestOutputHelper output) : DrillTest(pulse, output)
{
    /// <summary>Rows that no relay has claimed and no relay has published: an open claim keeps its rows locked.</summary>
    private const string Unclaimed = "SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL FOR UPDATE SKIP LOCKED) free";
    private const string Pending = "SELECT count(*) FROM outbox WHERE published_at IS NULL";

    // Gathered once: everybody who follows costs a YoungEdge.
    private static DrillCrowd? _crowd;

    private protected DrillCrowd Crowd => _crowd!;

    private protected PulseUser Author => Crowd.Authors[0];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _crowd ??= await DrillCrowd.GatherAsync(Pulse, authors: 1, followers: 3, Ct);
        // The system is whole: a post goes all the way.
        var post = await PostAsync();
        foreach (var follower in Crowd.Followers) await follower.FeedUntilAsync(page => page.Ids.Contains(post) && page.Source == "cache", "fan-out works", Ct);
    }

    /// <summary>A post of the author that must be answered.</summary>
    private protected async Task<string> PostAsync()
    {
        var post = await Crowd.PostOnceAsync(Author);
        Assert.NotNull(post);
        return post;
    }

    /// <summary>kill -9; what held the step goes on; the operator's start.</summary>
    private protected async Task KillReleaseAndStartAsync(string resource, params IAsyncDisposable[] holds)
    {
        await KillAsync(resource);
        foreach (var hold in holds) await hold.DisposeAsync();
        await Pulse.ResourceAsync(resource, "start", Ct);
    }

    /// <summary>Every follower, and the author himself, has every post exactly once.</summary>
    private protected Task CompareAsync(string killed, params PulseUser[] more) => CompareAsync(killed, Crowd, [Author, .. Crowd.Followers, .. more]);

    /// <summary>Waits until so many events are pending, and so many of them in no relay's hands.</summary>
    private protected async Task OutboxAsync(string database, int pending, int unclaimed) => await Until.TrueAsync(
        async () => await Pulse.CountAsync(database, Pending, Ct) == pending && await Pulse.CountAsync(database, Unclaimed, Ct) == unclaimed,
        $"{pending} events are pending and {unclaimed} of them unclaimed",
        Ct);
}
