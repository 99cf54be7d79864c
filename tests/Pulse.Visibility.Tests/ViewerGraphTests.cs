using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;

namespace Pulse.Visibility.Tests;

public sealed class ViewerGraphTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly UserId Author = new(1);
    private static readonly UserId Someone = new(2);
    private static readonly UserId Other = new(3);

    [Fact]
    public void For_Snapshot_KeepsVersionAndSince()
    {
        var graph = ViewerGraph.For(Someone, new GraphSnapshot(42, [new Followee(Author, Now)]));

        Assert.Equal(42, graph.Version);
        Assert.Equal(Now, graph.Followees[Author]);
        Assert.True(graph.Is(Someone));
        Assert.False(graph.Is(Author));
        Assert.False(ViewerGraph.Anonymous.Is(Someone));
    }

    [Fact]
    [Trait("Invariant", "15")]
    public void ApartFrom_MoreUsers_AddsThemAndKeepsTheRest()
    {
        var graph = ViewerGraph.For(Someone, new GraphSnapshot(42, [new Followee(Author, Now)], Blocks: [Other], Mutes: [new Mute(Other)]));

        var apart = graph.ApartFrom([Author]);

        Assert.True(apart.IsApartFrom(Author) && apart.IsApartFrom(Other) && apart.Follows(Author) && apart.Mutes(Other, Now));
        Assert.False(graph.IsApartFrom(Author));
        Assert.Equal((42L, 4), (apart.Version, apart.Size));
    }

    [Fact]
    [Trait("Invariant", "15")]
    public void After_MutesThatChanged_TakeTheirPlace()
    {
        var graph = ViewerGraph.For(Someone, new GraphSnapshot(42, [new Followee(Author, Now)], Mutes: [new Mute(Author), new Mute(Other)]));

        var after = graph.After(new Dictionary<UserId, Mute?> { [Author] = null, [new UserId(4)] = new Mute(new UserId(4), Now.AddTicks(1)) });

        Assert.False(after.Mutes(Author, Now));
        Assert.True(after.Mutes(Other, Now) && after.Follows(Author));
        Assert.True(after.Mutes(new UserId(4), Now));
        Assert.False(after.Mutes(new UserId(4), Now.AddTicks(1)));
        Assert.True(graph.Mutes(Author, Now));
    }
}
