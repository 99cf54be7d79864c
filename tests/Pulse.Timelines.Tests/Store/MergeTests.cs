using Pulse.Contracts.Ids;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.Timelines.Tests.Store;

/// <summary>The backfill of a new followee.</summary>
public sealed class MergeTests(TimelineSlice slice)
{
    private readonly TimelineStore _store = slice.Redis.Store(new TimelineOptions { Capacity = 10, TrimSlack = 2 });
    private readonly UserId _reader = slice.NewUser();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Key => TimelineKeys.Home(_reader);

    [Fact]
    [Trait("Invariant", "14")]
    public async Task MergeAsync_NoList_IsNothing()
    {
        await _store.MergeAsync(_reader, [3, 2, 1], completeFrom: 0, Ct);

        Assert.False(await slice.Cache.KeyExistsAsync(Key));
    }

    [Fact]
    [Trait("Invariant", "14")]
    public async Task MergeAsync_AllHisPosts_KeepsTheFloor()
    {
        await FillAsync(floor: 4, 9, 6, 4);

        await _store.MergeAsync(_reader, [8, 5, 3], completeFrom: 0, Ct);

        await AssertWarmAsync(floor: 4, 9, 8, 6, 5, 4);
    }

    [Fact]
    [Trait("Invariant", "14")]
    [Trait("Invariant", "21")]
    public async Task MergeAsync_OnlyHisNewest_RaisesTheFloorToThem()
    {
        await FillAsync(floor: 2, 9, 6, 4);

        await _store.MergeAsync(_reader, [8, 5], completeFrom: 5, Ct);

        await AssertWarmAsync(floor: 5, 9, 8, 6, 5);
    }

    [Fact]
    [Trait("Invariant", "21")]
    public async Task MergeAsync_CompleteBelowTheFloor_KeepsTheFloor()
    {
        await FillAsync(floor: 6, 9, 6);

        await _store.MergeAsync(_reader, [8, 5], completeFrom: 5, Ct);

        await AssertWarmAsync(floor: 6, 9, 8, 6);
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task MergeAsync_OpenList_PartialMakesTheRebuilderStartAgain()
    {
        var token = await _store.OpenAsync(Key, Ct);
        await _store.MergeAsync(_reader, [8, 5], completeFrom: 5, Ct);

        Assert.False(await _store.PublishAsync(Key, token!.Value, [9], floor: 0, Ct));
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task MergeAsync_OpenList_CompleteIsPartOfWhatIsPublished()
    {
        var token = await _store.OpenAsync(Key, Ct);
        await _store.MergeAsync(_reader, [8, 5], completeFrom: 0, Ct);
        Assert.True(await _store.PublishAsync(Key, token!.Value, [9], floor: 4, Ct));

        await AssertWarmAsync(floor: 4, 9, 8, 5);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task MergeAsync_Repeated_ShowsTheSame()
    {
        await FillAsync(floor: 0, 9, 6);
        for (var repeat = 0; repeat < 2; repeat++) await _store.MergeAsync(_reader, [8, 5], completeFrom: 0, Ct);

        await AssertWarmAsync(floor: 0, 9, 8, 6, 5);
    }

    [Fact]
    [Trait("Invariant", "24")]
    public async Task MergeAsync_MoreThanFits_IsTrimmed()
    {
        await FillAsync(floor: 0, 9, 7, 5, 3, 1);
        await _store.MergeAsync(_reader, [20, 18, 16, 14, 12, 10, 8, 6, 4, 2], completeFrom: 2, Ct);

        // His came in last, so those of before fell off the tail: only what is newer than they were is vouched for.
        await AssertWarmAsync(floor: 10, 20, 18, 16, 14, 12, 10);
        Assert.Equal(11, await slice.Cache.ListLengthAsync(Key));
    }

    private async Task FillAsync(long floor, params long[] ids)
    {
        var token = await _store.OpenAsync(Key, Ct);
        Assert.True(await _store.PublishAsync(Key, token!.Value, ids, floor, Ct));
    }

    private async Task AssertWarmAsync(long floor, params long[] ids)
    {
        var list = await slice.Redis.ReadAsync(Key, Ct);
        Assert.Equal((TimelineState.Warm, floor), (list.State, list.Floor));
        Assert.Equal(ids, list.Ids);
    }
}
