namespace Pulse.SystemTests.Visibility;

/// <summary>
/// Every change of who may see whom, on every path: true on the very next read after the call has answered, with everything warm before. The reader
/// follows the author, who is public, before the row begins.
/// </summary>
[Trait("Invariant", "14")]
[Trait("Invariant", "15")]
[Trait("Invariant", "16")]
public sealed class VisibilityTests(RunningPulse pulse) : SystemTest(pulse)
{
    private static readonly Row[] Table =
    [
        new("nothing", [], [], Sight.Everything),
        new("unfollow", [], [Act.Unfollow], Sight.AllButHome),
        new("follow again", [Act.Unfollow], [Act.Follow], Sight.Everything),
        new("block", [], [Act.Block], Sight.Apart),
        new("blocked by the author", [], [Act.AuthorBlocks], Sight.Apart),
        new("both block, one ends it", [Act.Block, Act.AuthorBlocks], [Act.Unblock], Sight.Apart),
        new("unblock", [Act.Block], [Act.Unblock], Sight.AllButHome),
        new("unblocked by the author", [Act.AuthorBlocks], [Act.AuthorUnblocks], Sight.AllButHome),
        new("unblock and follow", [Act.Block], [Act.Unblock, Act.Follow], Sight.Everything),
        new("mute", [], [Act.Mute], Sight.AllButHome),
        new("unmute", [Act.Mute], [Act.Unmute], Sight.Everything),
        new("mute of reposts", [], [Act.MuteReposts], Sight.Everything),
        new("mute becomes one of reposts", [Act.Mute], [Act.MuteReposts], Sight.Everything),
        new("timed mute", [], [Act.MuteForAnHour], Sight.AllButHome),
        new("timed mute ends", [Act.MuteForAWhile], [Act.WaitForItsEnd], Sight.Everything),
        new("private, reader follows", [], [Act.BecomePrivate], Sight.Everything),
        new("private, reader does not follow", [Act.Unfollow], [Act.BecomePrivate], Sight.NameOnly),
        new("private, then unfollow", [Act.BecomePrivate], [Act.Unfollow], Sight.NameOnly),
        new("asked", [Act.Unfollow, Act.BecomePrivate], [Act.Follow], Sight.NameOnly),
        new("accepted", [Act.Unfollow, Act.BecomePrivate, Act.Follow], [Act.Accept], Sight.Everything),
        new("rejected", [Act.Unfollow, Act.BecomePrivate, Act.Follow], [Act.Reject], Sight.NameOnly),
        new("withdrawn", [Act.Unfollow, Act.BecomePrivate, Act.Follow], [Act.Unfollow], Sight.NameOnly),
        new("public again", [Act.Unfollow, Act.BecomePrivate], [Act.BecomePublic], Sight.AllButHome),
        new("public again, reader had asked", [Act.Unfollow, Act.BecomePrivate, Act.Follow], [Act.BecomePublic], Sight.Everything),
        new("private, block, unblock", [Act.BecomePrivate, Act.Block], [Act.Unblock], Sight.NameOnly),
        new("accepted and muted", [Act.Unfollow, Act.BecomePrivate, Act.Follow], [Act.Accept, Act.Mute], Sight.AllButHome),
    ];

    public static TheoryData<string> Rows => [.. Table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Change_CachesAreWarm_IsTrueOnTheVeryNextReadOfEveryPath(string name)
    {
        var row = Table.Single(each => each.Name == name);
        var scene = await Scene.OpenAsync(Pulse, row.Prepare, Ct);

        foreach (var act in row.Change) await scene.DoAsync(act, Ct);

        Assert.Equal(row.Expected, await scene.SeeAsync(Ct));
        // As soon as there is a search: a profile is open to all but those whom a block keeps apart.
        if (await scene.IsFoundAsync(Ct) is { } found) Assert.Equal(row.Expected != Sight.Apart, found);
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task Changes_RedisIsFlushedAfterwards_AreTrueOnTheVeryNextRead()
    {
        var scenes = await OpenAllAsync();
        foreach (var (row, scene) in scenes)
        {
            foreach (var act in row.Change) await scene.DoAsync(act, Ct);
        }

        await Pulse.FlushRedisAsync(Ct);

        await AssertAllAsync(scenes, "flushed");
        await AssertAllAsync(scenes, "filled again");
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Changes_RedisIsStopped_AreTrueWithoutItAndWhenItIsBack()
    {
        var scenes = await OpenAllAsync();
        await Pulse.ResourceAsync("redis", "stop", Ct);
        try
        {
            foreach (var (row, scene) in scenes)
            {
                foreach (var act in row.Change) await scene.DoAsync(act, Ct);
            }

            await AssertAllAsync(scenes, "without Redis");
        }
        finally
        {
            await Pulse.ResourceAsync("redis", "start", Ct);
        }

        await AssertAllAsync(scenes, "Redis is back");
        await AssertAllAsync(scenes, "filled again");
    }

    private static async Task AssertAllAsync(IReadOnlyList<(Row Row, Scene Scene)> scenes, string when)
    {
        foreach (var (row, scene) in scenes)
        {
            var (expected, seen) = ((row.Expected.Home, row.Expected.OldCursor, row.Expected.Post), await scene.SeePostsAsync(Ct));
            Assert.True(expected == seen, $"{row.Name}, {when}: expected {expected}, saw {seen}");
        }
    }

    private async Task<IReadOnlyList<(Row Row, Scene Scene)>> OpenAllAsync()
    {
        List<(Row, Scene)> scenes = [];
        foreach (var row in Table) scenes.Add((row, await Scene.OpenAsync(Pulse, row.Prepare, Ct)));
        return scenes;
    }

    private sealed record Row(string Name, IReadOnlyList<Act> Prepare, IReadOnlyList<Act> Change, Sight Expected);
}
