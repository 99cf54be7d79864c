using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Refilling;

namespace Pulse.Timelines.Tests.Refilling;

/// <summary>The flags of follows in pages of an owner: the greater version of the follower's graph wins, and an owner who says nothing of them changes none.</summary>
[Trait("Invariant", "18")]
public sealed class NotifyRefillTests(TimelineSlice slice)
{
    private const long Page = 10;

    private static readonly DateTimeOffset Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly FollowEdges _edges = new(slice.Database);
    private readonly EdgeRefill _refill = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(9, true, false)]
    [InlineData(9, false, true)]
    [InlineData(10, true, true)]
    [InlineData(11, true, false)]
    [InlineData(11, false, true)]
    public async Task ApplyAsync_BesideAFollow_EveryOrderEndsAlike(long version, bool inEvent, bool inPage)
    {
        foreach (var order in (string[])["EP", "PE", "EPE", "PEP"])
        {
            var (follower, followee) = (slice.NewUser(), slice.NewUser());
            foreach (var step in order)
            {
                if (step == 'P') await _refill.ApplyAsync([Graph(follower, [followee], inPage ? [followee] : [])], Ct);
                else await _edges.ApplyAsync(new UserFollowed(follower, followee, version, Since, inEvent), Ct);
            }

            var expected = (version > Page ? inEvent : inPage) ? new[] { follower } : [];
            Assert.True(expected.SequenceEqual(await NotifiedAsync(followee)), $"{order}, follow of version {version}");
        }
    }

    [Fact]
    public async Task ApplyAsync_OwnerOfBeforeTheFlag_LeavesWhatStands()
    {
        var (follower, flagged, plain, unknown) = (slice.NewUser(), slice.NewUser(), slice.NewUser(), slice.NewUser());
        await _edges.ApplyAsync(new UserFollowed(follower, flagged, Version: 1, Since, Notify: true), Ct);
        await _edges.ApplyAsync(new UserFollowed(follower, plain, Version: 2, Since), Ct);

        await _refill.ApplyAsync([Graph(follower, [flagged, plain, unknown], notifying: null)], Ct);

        Assert.Equal([follower], await NotifiedAsync(flagged));
        Assert.Empty(await NotifiedAsync(plain));
        Assert.Empty(await NotifiedAsync(unknown));
    }

    [Fact]
    public async Task ApplyAsync_FollowIsGone_TellsNobody()
    {
        var (follower, followee) = (slice.NewUser(), slice.NewUser());
        await _edges.ApplyAsync(new UserFollowed(follower, followee, Version: 1, Since, Notify: true), Ct);

        await _refill.ApplyAsync([Graph(follower, [], [])], Ct);

        Assert.Empty(await NotifiedAsync(followee));
    }

    private static UserGraph Graph(UserId follower, IReadOnlyList<UserId> followees, IReadOnlyList<UserId>? notifying) =>
        new(follower, Page, [.. followees.Select(followee => new Followee(followee, Since))], Notifying: notifying);

    private async Task<List<UserId>> NotifiedAsync(UserId author)
    {
        List<UserId> notified = [];
        await foreach (var page in _edges.NotifiedFollowersAsync(author, pageSize: 10, Ct)) notified.AddRange(page.ToArray().Select(UserId.From));
        return notified;
    }
}
