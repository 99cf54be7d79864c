using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Notifications;

namespace Pulse.FanoutWorker.Tests.Notifications;

public sealed class NotificationHistoryTests(FanoutApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    /// <summary>Every event once, twice or three times, in any order, many at once, while users read: each is told what stands, and each thing once.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Invariant", "17")]
    [Trait("Invariant", "18")]
    public async Task Handle_AnyHistoryInAnyOrder_TellsWhatStands(int seed)
    {
        var random = new Random(seed);
        UserId[] users = [.. Enumerable.Range(0, 5).Select(_ => app.NewUser())];
        HashSet<(UserId Follower, UserId Author)> flagged = [.. from follower in users from author in users where follower != author && random.Next(3) == 0 select (follower, author)];
        foreach (var (follower, author) in flagged) await app.HandleAsync(app.NewFollow(follower, author) with { Notify = true }, Ct);
        var history = new NotificationHistory(app, users, flagged, random);
        for (var step = 0; step < 80; step++) history.Step();

        var deliveries = history.Events.SelectMany(delivery => Enumerable.Repeat(delivery, random.Next(1, 4))).ToArray();
        random.Shuffle(deliveries);
        // One user reads as they come.
        var reader = users[0];
        var boxes = app.Services.GetRequiredService<NotificationBoxes>();
        var store = app.Services.GetRequiredService<NotificationStore>();
        await Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct }, async (deliver, ct) =>
        {
            await deliver(ct);
            if (Random.Shared.Next(20) == 0) await store.ReadAsync(reader, new NotificationId((await boxes.FindAsync(reader, ct)).Newest), ct);
        });

        foreach (var user in users)
        {
            var told = await app.ToldAsync(user, Ct);
            var acts = told.SelectMany(group => group.Acts, (group, act) => (group.Kind, group.Subject, act.Actor)).ToList();
            Assert.True(acts.Count == acts.Distinct().Count(), $"Seed {seed}: {user} is told something twice.");
            Compare($"Seed {seed}, {user}", history.Expected(user), acts);
            Assert.All(told.Zip(told.Skip(1)), pair => Assert.True(pair.First.Place > pair.Second.Place));
        }
    }

    private static void Compare(string what, IEnumerable<(NotificationKind, long, UserId)> expected, IEnumerable<(NotificationKind, long, UserId)> told)
    {
        var (must, is_) = (expected.ToHashSet(), told.ToHashSet());
        Assert.True(must.SetEquals(is_), $"{what}: missing [{string.Join(' ', must.Except(is_))}], too much [{string.Join(' ', is_.Except(must))}].");
    }
}
