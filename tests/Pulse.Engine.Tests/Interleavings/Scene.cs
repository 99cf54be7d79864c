using Pulse.Contracts.Ids;
using Pulse.Engine.Tests.Engine;
using Pulse.Timelines.Keys;

namespace Pulse.Engine.Tests.Interleavings;

/// <summary>How a scene begins.</summary>
/// <param name="OldPosts">Posts of the author's that were handled before.</param>
/// <param name="Follows">Whether the reader follows the author, with an edge that was handled before.</param>
/// <param name="Fans">Further followers of the author: ten of them and he is pulled.</param>
/// <param name="Warm">Whether the reader's list and the author's tail were filled before.</param>
internal sealed record Setting(int OldPosts, bool Follows, int Fans, bool Warm);

/// <summary>
/// An author and a reader, and what can happen to them at the same time. Everybody who acts does so in a process of his own, so that no
/// actor waits for another. The lists keep three ids and are cut when there is one more.
/// </summary>
internal sealed class Scene : IDisposable
{
    private static readonly EngineSizes Sizes = new(Capacity: 3, TrimSlack: 1, FollowerPage: 100);
    private static readonly TimeSpan AllLimits = TimeSpan.FromMinutes(11);

    private readonly EngineLane _lane;
    private readonly ManualClock _clock = new();
    private readonly OtherServices _others;
    private readonly List<EngineProcess> _processes = [];
    private readonly List<Actor> _actors = [];
    private readonly CancellationToken _ct;
    private readonly UserId _author;
    private readonly UserId _reader;
    private readonly List<long> _readerSaw = [];
    private readonly HashSet<long> _everVisible = [];

    private Scene(EngineLane lane, CancellationToken ct)
    {
        (_lane, _ct) = (lane, ct);
        Owners = new Owners(lane.Cache, _clock);
        _others = new OtherServices(Owners.Users, Owners.Posts);
        _author = Owners.NewUser();
        _reader = Owners.NewUser();
    }

    /// <summary>Whoever acts, in the order in which they were asked to.</summary>
    public IReadOnlyList<Actor> Actors => _actors;

    private Owners Owners { get; }

    public static async Task<Scene> SetAsync(EngineLane lane, Setting setting, CancellationToken ct)
    {
        await lane.ResetAsync(ct);
        var scene = new Scene(lane, ct);
        var process = scene.NewProcess();
        if (setting.Fans > 0) await lane.ExecuteAsync("INSERT INTO follow_edges SELECT $1, fan, 1, true, now() FROM generate_series(1, $2) fan", ct, scene._author.Value, setting.Fans);
        if (setting.Follows) await scene.HandleAsync(process, await scene.Owners.FollowAsync(scene._reader, scene._author));
        for (var post = 0; post < setting.OldPosts; post++) await scene.HandleAsync(process, await scene.Owners.PostAsync(scene._author));
        scene._clock.Pass(AllLimits);
        if (setting.Warm) await process.Reader.WalkAsync(scene._reader, 50, ct);
        return scene;
    }

    /// <summary>A post whose event is handled; <paramref name="times"/> over by as many workers.</summary>
    public async Task PostAsync(int times = 1)
    {
        var published = await Owners.PostAsync(_author);
        for (var time = 0; time < times; time++) Handle($"planner {published.Post} {time}", published);
    }

    public async Task FollowAsync() => Handle("follow", await Owners.FollowAsync(_reader, _author));

    public async Task UnfollowAsync() => Handle("unfollow", await Owners.UnfollowAsync(_reader, _author));

    /// <summary>A follow and its end, whose events come in any order.</summary>
    public async Task FollowAndUnfollowAsync()
    {
        var (follow, unfollow) = (await Owners.FollowAsync(_reader, _author), await Owners.UnfollowAsync(_reader, _author));
        Handle("follow", follow);
        Handle("unfollow", unfollow);
    }

    /// <summary>An unfollow and a new follow, whose events come in any order.</summary>
    public async Task UnfollowAndFollowAsync()
    {
        var (unfollow, follow) = (await Owners.UnfollowAsync(_reader, _author), await Owners.FollowAsync(_reader, _author));
        Handle("unfollow", unfollow);
        Handle("follow", follow);
    }

    /// <summary>The author's newest post goes; its tombstone overtakes or follows whatever else is under way.</summary>
    public async Task DeleteNewestAsync()
    {
        var newest = Owners.Posts.All.Where(post => post.AuthorId == _author).Max(post => post.Id);
        Handle($"delete {newest}", await Owners.DeleteAsync(newest));
    }

    /// <summary>The author crosses the limit.</summary>
    public void SetFans(int count) => Act($"fans {count}", _ => _lane.ExecuteAsync(
        """
        INSERT INTO follow_edges SELECT $1, fan, 1, fan <= $2, now() FROM generate_series(1, 12) fan
        ON CONFLICT (followee, follower) DO UPDATE SET active = excluded.active WHERE follow_edges.active <> excluded.active
        """,
        _ct,
        _author.Value,
        count));

    /// <summary>Redis loses everything at one moment.</summary>
    public void Flush(int times = 1) => Act("flush", async _ =>
    {
        for (var time = 0; time < times; time++)
        {
            // A flush is not a command of production code; it stops where one would.
            Probe.Current!.Before("FLUSHALL");
            await _lane.FlushAsync(_ct);
            Probe.Current!.After();
        }
    });

    /// <summary>A reader with a page of two, who finds the lists as they are and may rebuild them.</summary>
    public void Read(string name = "reader", int limit = 2)
    {
        var settled = Owners.Required(_reader);
        Act(name, async process =>
        {
            var walked = await process.Reader.WalkAsync(_reader, limit, _ct);
            lock (_readerSaw) _readerSaw.AddRange(walked);
            var missing = settled.Intersect(Owners.Oracle(_reader)).Except(walked).ToList();
            if (missing.Count > 0) throw new WrongWalkException($"{name} misses [{string.Join(' ', missing)}], which stood before anything began.");
        });
    }

    /// <summary>Fills the reader's list beside his reads, as a second process would.</summary>
    public void Rebuild(string name = "rebuild") => Act(name, process => process.RebuildAsync(_reader, _ct));

    /// <summary>Everybody has ended: the events are handled. Compares lists and pages with the oracle.</summary>
    public async Task CheckAsync()
    {
        foreach (var known in _processes) await CheckAsync(known, 50);
        _clock.Pass(AllLimits);
        await Lists.CheckAsync(_lane, _processes[0], Owners, _reader, _ct);
        await Lists.CheckAsync(_lane, _processes[0], Owners, _author, _ct);
        await Lists.CheckTailAsync(_lane, _processes[0], _author, _ct);
        await Lists.CheckTombstonesAsync(_lane, Owners, _ct);
        foreach (var known in _processes) await CheckAsync(known, 7);
        // A list that was opened and never filled ends by itself, and is rebuilt.
        var cold = NewProcess();
        await CheckAsync(cold, 1);
        await _lane.Cache.KeyDeleteAsync(TimelineKeys.Home(_reader));
        await CheckAsync(cold, 50);
        await CheckAsync(cold, 50);
        var unheard = _readerSaw.Except(_everVisible).ToList();
        if (unheard.Count > 0) throw new WrongWalkException($"A reader saw [{string.Join(' ', unheard)}], which nobody ever could.");
    }

    public void Dispose()
    {
        foreach (var process in _processes) process.Dispose();
        Owners.Dispose();
    }

    private EngineProcess NewProcess()
    {
        var process = new EngineProcess(_lane.Database, _lane.Redis, _others, _clock, Sizes);
        _processes.Add(process);
        return process;
    }

    private async Task CheckAsync(EngineProcess process, int limit)
    {
        var oracle = Owners.Oracle(_reader);
        await process.Reader.CheckAsync(Owners, _reader, limit, oracle, oracle, _ct);
    }

    private async Task HandleAsync(EngineProcess process, BusEvent handled)
    {
        await process.HandleAsync(handled.Body, _ct);
        Owners.Handled(handled);
        Remember();
    }

    private void Handle(string name, BusEvent handled)
    {
        Remember();
        Act(name, process => process.HandleAsync(handled.Body, _ct));
    }

    private void Remember() => _everVisible.UnionWith(Owners.Posts.All.Select(post => post.Id.Value));

    private void Act(string name, Func<EngineProcess, Task> body)
    {
        var process = NewProcess();
        _actors.Add(new Actor(name, () => body(process)));
    }
}
