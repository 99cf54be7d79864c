using Pulse.Contracts.Ids;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.Timelines.Tests.Store;

public sealed class TrimTests(TimelineSlice slice)
{
    private const int Capacity = 10;
    private const int Slack = 4;

    private readonly TimelineStore _store = slice.Redis.Store(new TimelineOptions { Capacity = Capacity, TrimSlack = Slack });
    private readonly UserId _reader = slice.NewUser();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Key => TimelineKeys.Home(_reader);

    [Fact]
    [Trait("Invariant", "24")]
    public async Task PushAsync_EndlessPosts_TheListStaysBounded()
    {
        await FillAsync(floor: 0);
        for (var id = 1; id <= 200; id++)
        {
            await PushAsync(id);
            Assert.InRange(await slice.Cache.ListLengthAsync(Key), 1, Capacity + Slack + 1);
        }

        var list = await ReadAsync();
        Assert.Equal(Enumerable.Range(0, list.Ids.Length).Select(index => 200L - index), list.Ids);
        Assert.Equal(list.Floor, list.Ids[^1]);
    }

    [Fact]
    [Trait("Invariant", "23")]
    public async Task PushAsync_ANewerIdIsDropped_TheFloorRisesAboveIt()
    {
        await FillAsync(floor: 0, 100);
        for (var id = 1; id <= 13; id++) await PushAsync(id);

        // 100 arrived first and fell off the tail, so nothing up to it can be vouched for.
        var list = await ReadAsync();
        Assert.Equal((TimelineState.Warm, 101L), (list.State, list.Floor));
        Assert.Empty(list.Ids);
    }

    [Fact]
    [Trait("Invariant", "23")]
    public async Task PushAsync_OnlyIdsBelowTheFloorAreDropped_TheFloorStays()
    {
        await FillAsync(floor: 50, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        for (var id = 50; id < 55; id++) await PushAsync(id);

        var list = await ReadAsync();
        Assert.Equal(50, list.Floor);
        Assert.Equal([54, 53, 52, 51, 50], list.Ids);
    }

    /// <summary>Halves that a double, a signed or a locale-aware comparison would get wrong.</summary>
    [Theory]
    [InlineData(1L << 32)]
    [InlineData(1L << 53)]
    [InlineData((1L << 53) | 0x8000_0000L)]
    [InlineData(0x0000_0005_8000_0000)]
    [InlineData(0x0000_0005_FFFF_FFFF)]
    [InlineData(0x7FFF_FFFF_0000_0000)]
    [InlineData(0x00FF_00FF_80FF_FF80)]
    [Trait("Invariant", "23")]
    [Trait("Invariant", "31")]
    public async Task PushAsync_IdsAroundABoundary_AreComparedBytewise(long boundary)
    {
        // Any order of arrival: what stands above the highest dropped id is complete, and nothing else is claimed.
        long[] ids = [.. Enumerable.Range(-7, 14).Select(offset => boundary + offset)];
        for (var seed = 1; seed <= 10; seed++)
        {
            await slice.Cache.KeyDeleteAsync(Key);
            await FillAsync(floor: 0);
            var arrivals = ids.ToArray();
            new Random(seed).Shuffle(arrivals);
            foreach (var id in arrivals) await PushAsync(id);

            var list = await ReadAsync();
            Assert.Equal(arrivals.Take(Slack).Max() + 1, list.Floor);
            Assert.Equal(ids.Where(id => id >= list.Floor).OrderDescending(), list.Ids);
        }
    }

    [Fact]
    [Trait("Invariant", "23")]
    public async Task PushAsync_LowHalfOverflows_TheFloorCarries()
    {
        await FillAsync(floor: 0, 0x0000_0007_FFFF_FFFF);
        for (var id = 1; id <= 13; id++) await PushAsync(id);

        Assert.Equal(0x0000_0008_0000_0000, (await ReadAsync()).Floor);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task PushAsync_RepeatsFillTheList_NothingIsClaimedThatIsGone()
    {
        await FillAsync(floor: 0, 3, 2, 1);
        for (var repeat = 0; repeat < 30; repeat++) await PushAsync(5);

        // A repeat that was dropped takes its post below the floor, where Postgres answers.
        var list = await ReadAsync();
        Assert.Equal((TimelineState.Warm, 6L), (list.State, list.Floor));
        Assert.Empty(list.Ids);
    }

    [Fact]
    [Trait("Invariant", "24")]
    public async Task PushToTailAsync_EndlessPosts_TheTailStaysBounded()
    {
        var key = TimelineKeys.Pull(_reader);
        var token = await _store.OpenAsync(key, Ct);
        await _store.PublishAsync(key, token!.Value, [], floor: 0, Ct);
        for (var id = 1; id <= 100; id++) await _store.PushToTailAsync(_reader, new PostId(id), Ct);

        var list = await slice.Redis.ReadAsync(key, Ct);
        Assert.InRange(list.Ids.Length, Capacity, Capacity + Slack);
        Assert.Equal(100, list.Ids[0]);
    }

    private async Task FillAsync(long floor, params long[] ids)
    {
        var token = await _store.OpenAsync(Key, Ct);
        Assert.True(await _store.PublishAsync(Key, token!.Value, ids, floor, Ct));
    }

    private Task<int> PushAsync(long id) => _store.PushAsync(new[] { _reader.Value }, new PostId(id), Ct);

    private Task<TimelineList> ReadAsync() => slice.Redis.ReadAsync(Key, Ct);
}
