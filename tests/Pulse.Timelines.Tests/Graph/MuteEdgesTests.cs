using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Timelines.Graph;

namespace Pulse.Timelines.Tests.Graph;

[Trait("Invariant", "15")]
public sealed class MuteEdgesTests(TimelineSlice slice)
{
    private static readonly DateTimeOffset Until = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly MuteEdges _edges = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_Mute_IsTheMutersAlone()
    {
        var (alice, bob) = (slice.NewUser(), slice.NewUser());

        await _edges.ApplyAsync(new UserMuted(bob, alice, Version: 2, Until, RepostsOnly: true), Ct);

        Assert.Equal([new Mute(alice, Until, RepostsOnly: true)], await _edges.MutesAsync(bob, Ct));
        Assert.Empty(await _edges.MutesAsync(alice, Ct));
    }

    [Fact]
    public async Task ChangesAsync_AfterAVersion_TellsWhatBeganChangedAndEndedSince()
    {
        var (bob, before, changed, ended) = (slice.NewUser(), slice.NewUser(), slice.NewUser(), slice.NewUser());
        await _edges.ApplyAsync(new UserMuted(bob, before, Version: 2), Ct);
        await _edges.ApplyAsync(new UserMuted(bob, changed, Version: 3), Ct);
        await _edges.ApplyAsync(new UserMuted(bob, ended, Version: 4), Ct);
        await _edges.ApplyAsync(new UserMuted(bob, changed, Version: 5, Until), Ct);
        await _edges.ApplyAsync(new UserUnmuted(bob, ended, Version: 6), Ct);

        var changes = await _edges.ChangesAsync(bob, afterVersion: 4, Ct);

        Assert.Equal(new Dictionary<UserId, Mute?> { [changed] = new Mute(changed, Until), [ended] = null }, changes);
    }

    /// <summary>Ever so many changes of one mute, in any order and some of them repeated: the newest stands, whoever came last.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [Trait("Invariant", "18")]
    public async Task ApplyAsync_AnyOrderWithRepeats_TheNewestStands(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 10; round++)
        {
            var (alice, bob) = (slice.NewUser(), slice.NewUser());
            Mute? expected = null;
            List<Func<Task>> deliveries = [];
            for (var version = 2; version < 2 + random.Next(1, 8); version++)
            {
                expected = random.Next(3) == 0 ? null : new Mute(alice, random.Next(2) == 0 ? null : Until.AddHours(random.Next(9)), random.Next(2) == 0);
                var delivery = Delivery(bob, alice, version, expected);
                deliveries.AddRange(Enumerable.Repeat(delivery, random.Next(1, 4)));
            }

            var order = deliveries.ToArray();
            random.Shuffle(order);
            foreach (var deliver in order) await deliver();

            Assert.True((expected is null ? [] : new[] { expected }).SequenceEqual(await _edges.MutesAsync(bob, Ct)), $"seed {seed}, round {round}: expected {expected}");
        }
    }

    private Func<Task> Delivery(UserId muter, UserId muted, long version, Mute? mute) => mute is null
        ? () => _edges.ApplyAsync(new UserUnmuted(muter, muted, version), Ct)
        : () => _edges.ApplyAsync(new UserMuted(muter, muted, version, mute.Until, mute.RepostsOnly), Ct);
}
