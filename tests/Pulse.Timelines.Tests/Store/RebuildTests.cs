using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.Timelines.Tests.Store;

/// <summary>Open, push, publish.</summary>
public sealed class RebuildTests(TimelineSlice slice)
{
    private readonly TimelineStore _store = slice.Redis.Store(new TimelineOptions { Capacity = 10, TrimSlack = 2 });
    private readonly UserId _reader = slice.NewUser();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Key => TimelineKeys.Home(_reader);

    [Fact]
    [Trait("Invariant", "24")]
    public async Task PushAsync_NoList_IsNothing()
    {
        Assert.Equal(0, await PushAsync(5));

        Assert.False(await slice.Cache.KeyExistsAsync(Key));
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task PublishAsync_PushesSinceTheOpening_AreKept()
    {
        var token = await _store.OpenAsync(Key, Ct);
        Assert.Equal(1, await PushAsync(7));
        Assert.Equal(TimelineState.Open, (await ReadAsync()).State);

        Assert.True(await _store.PublishAsync(Key, token!.Value, [6, 5], floor: 5, Ct));

        Assert.Equal(1, await PushAsync(8));
        var list = await ReadAsync();
        Assert.Equal((TimelineState.Warm, 5L), (list.State, list.Floor));
        Assert.Equal([8, 7, 6, 5], list.Ids);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task PublishAsync_PostInTheSelectAndInTheList_IsThereOnce()
    {
        var token = await _store.OpenAsync(Key, Ct);
        await PushAsync(7);
        await PushAsync(7);
        await _store.PublishAsync(Key, token!.Value, [7, 6], floor: 0, Ct);
        await PushAsync(6);

        var list = await ReadAsync();
        Assert.Equal([7, 6], list.Ids);
    }

    [Fact]
    [Trait("Invariant", "26")]
    public async Task OpenAsync_OpenOrWarm_IsRefused()
    {
        var token = await _store.OpenAsync(Key, Ct);
        Assert.Null(await _store.OpenAsync(Key, Ct));

        await _store.PublishAsync(Key, token!.Value, [1], floor: 0, Ct);
        Assert.Null(await _store.OpenAsync(Key, Ct));
    }

    [Fact]
    [Trait("Invariant", "26")]
    public async Task OpenAsync_ManyAtOnce_OneGetsIt()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _store.OpenAsync(Key, Ct)));

        Assert.Single(tokens, token => token is not null);
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task PublishAsync_FlushedSince_ChangesNothing()
    {
        var token = await _store.OpenAsync(Key, Ct);
        await slice.Cache.KeyDeleteAsync(Key);

        Assert.False(await _store.PublishAsync(Key, token!.Value, [1], floor: 0, Ct));
        Assert.False(await slice.Cache.KeyExistsAsync(Key));
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task PublishAsync_TakenOverSince_ChangesNothing()
    {
        var slow = await _store.OpenAsync(Key, Ct);
        await slice.Cache.KeyDeleteAsync(Key);
        var other = await _store.OpenAsync(Key, Ct);

        Assert.False(await _store.PublishAsync(Key, slow!.Value, [1], floor: 0, Ct));
        Assert.Equal(TimelineState.Open, (await ReadAsync()).State);
        Assert.True(await _store.PublishAsync(Key, other!.Value, [2], floor: 0, Ct));
        Assert.False(await _store.PublishAsync(Key, slow.Value, [1], floor: 0, Ct));
        var list = await ReadAsync();
        Assert.Equal([2], list.Ids);
    }

    [Fact]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "23")]
    public async Task PublishAsync_TrimmedSince_ChangesNothing()
    {
        var token = await _store.OpenAsync(Key, Ct);
        for (var id = 1; id <= 12; id++) await PushAsync(id);

        Assert.False(await _store.PublishAsync(Key, token!.Value, [20], floor: 1, Ct));
        Assert.Equal(TimelineState.Open, (await ReadAsync()).State);
    }

    [Fact]
    [Trait("Invariant", "26")]
    public async Task OpenAsync_RebuilderDies_TheListIsFreeAgain()
    {
        var store = slice.Redis.Store(new TimelineOptions { OpenLifetime = TimeSpan.FromMilliseconds(100) });
        Assert.NotNull(await store.OpenAsync(Key, Ct));

        await Until.TrueAsync(async () => await store.OpenAsync(Key, Ct) is not null, "the open list is gone", Ct);
    }

    [Fact]
    [Trait("Invariant", "24")]
    public async Task PublishAsync_Lifetime_IsThatOfTheOptions()
    {
        var store = slice.Redis.Store(new TimelineOptions { OpenLifetime = TimeSpan.FromSeconds(5), Lifetime = TimeSpan.FromHours(1) });
        var token = await store.OpenAsync(Key, Ct);
        Assert.InRange((await slice.Cache.KeyTimeToLiveAsync(Key))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

        await store.PublishAsync(Key, token!.Value, [1], floor: 0, Ct);
        await PushAsync(2);

        Assert.InRange((await slice.Cache.KeyTimeToLiveAsync(Key))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task PublishAsync_ThousandsOfIds_AreAllThere()
    {
        var store = slice.Redis.Store(new TimelineOptions { Capacity = 10_000 });
        long[] ids = [.. Enumerable.Range(1, 9_500).Select(id => (long)id).Reverse()];
        var token = await store.OpenAsync(Key, Ct);

        Assert.True(await store.PublishAsync(Key, token!.Value, ids, floor: 0, Ct));
        Assert.Equal(ids, (await ReadAsync()).Ids);
    }

    [Fact]
    public async Task PushAsync_SomeReadersWarm_CountsThem()
    {
        UserId[] readers = [.. Enumerable.Range(0, 300).Select(_ => slice.NewUser())];
        foreach (var reader in readers.Where((_, index) => index % 3 == 0)) await _store.OpenAsync(TimelineKeys.Home(reader), Ct);

        var delivered = await _store.PushAsync(Array.ConvertAll(readers, reader => reader.Value), new PostId(5), Ct);

        Assert.Equal(100, delivered);
    }

    [Fact]
    public async Task RaisePullersAsync_AnyOrder_KeepsTheGreatest()
    {
        await _store.RaisePullersAsync(7, Ct);
        await _store.RaisePullersAsync(9, Ct);
        await _store.RaisePullersAsync(8, Ct);

        Assert.Equal(9, (long)await slice.Cache.StringGetAsync(TimelineKeys.Pullers));
    }

    private Task<int> PushAsync(long id) => _store.PushAsync(new[] { _reader.Value }, new PostId(id), Ct);

    private Task<TimelineList> ReadAsync() => slice.Redis.ReadAsync(Key, Ct);
}
