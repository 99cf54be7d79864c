using Pulse.Contracts.Ids;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.Timelines.Tests.Store;

/// <summary>
/// One reader, one author whom he always follows and one whom he follows now and then. Every actor takes its steps as the
/// product does, and any other actor's steps may come between two of them.
/// </summary>
internal sealed class TimelineModel
{
    private static readonly long[] Bases = [1, (1L << 32) - 30, (1L << 53) - 30, 0x0000_0005_7FFF_FFE0, 0x7FFF_FFFE_FFFF_FFE0];

    private readonly TimelineSlice _slice;
    private readonly TimelineStore _store;
    private readonly Random _random;
    private readonly UserId _reader;
    private readonly string _key;
    private readonly int _capacity;
    private readonly int _ofSometimesPercent;
    private readonly Queue<long> _ids;
    private readonly Dictionary<long, Post> _posts = [];
    private readonly List<Func<CancellationToken, Task<string>>> _pending = [];
    private bool _follows;
    private int _unmerged;

    public TimelineModel(TimelineSlice slice, int seed)
    {
        _slice = slice;
        _random = new Random(seed);
        _reader = slice.NewUser();
        _key = TimelineKeys.Home(_reader);
        _capacity = _random.Next(2, 9);
        var slack = _random.Next(1, 8);
        _ofSometimesPercent = _random.Next(10, 95);
        _store = slice.Redis.Store(new TimelineOptions { Capacity = _capacity, TrimSlack = slack });
        MostElements = (2 * _capacity) + slack + 1;
        // Ids are drawn in any order: a post that was minted early may be planned late.
        var ids = Enumerable.Range(0, 60).Select(offset => Bases[_random.Next(Bases.Length)] + offset).Distinct().ToArray();
        _random.Shuffle(ids);
        _ids = new Queue<long>(ids);
    }

    /// <summary>A published list holds what was pushed while it was open besides what was selected; the next push trims it.</summary>
    public int MostElements { get; }

    /// <summary>What the list may show at all: a deleted post and one of somebody no longer followed are hidden by the rules.</summary>
    public IEnumerable<long> Possible => _posts.Keys;

    public Task<TimelineList> ReadAsync(CancellationToken ct) => _slice.Redis.ReadAsync(_key, ct);

    public Task<long> LengthAsync() => _slice.Cache.ListLengthAsync(_key);

    public Task RemoveAsync() => _slice.Cache.KeyDeleteAsync(_key);

    /// <summary>What a warm list with this floor must show: every post whose planner and whose follower's backfill are done.</summary>
    public IEnumerable<long> Required(long floor) => _posts
        .Where(entry => entry.Key >= floor && entry.Value is { Deleted: false, Planning: 0 } && (!entry.Value.OfSometimes || (_follows && _unmerged == 0)))
        .Select(entry => entry.Key);

    /// <returns>What was done.</returns>
    public Task<string> StepAsync(CancellationToken ct)
    {
        var draw = _random.Next(100);
        if (_pending.Count > 0 && draw < 55)
        {
            var next = _pending[_random.Next(_pending.Count)];
            _pending.Remove(next);
            return next(ct);
        }

        return draw switch
        {
            < 78 when _ids.TryDequeue(out var id) => CommitAsync(id, ofSometimes: _random.Next(100) < _ofSometimesPercent),
            < 81 when _posts.Count > 0 => RedeliverAsync(ct),
            < 83 when _posts.Count > 0 => Done("delete", () => _posts[AnyPost()].Deleted = true),
            < 87 => _follows ? Done("unfollow", () => _follows = false) : FollowAsync(),
            < 88 => FlushAsync(),
            _ => OpenAsync(ct),
        };
    }

    // The planner: commit, then read the edges, then push.
    private Task<string> CommitAsync(long id, bool ofSometimes) => Done($"commit {id}", () =>
    {
        _posts[id] = new Post { OfSometimes = ofSometimes, Planning = 1 };
        _pending.Add(_ => ReadEdgesAsync(id));
    });

    private Task<string> RedeliverAsync(CancellationToken ct)
    {
        var id = AnyPost();
        _posts[id].Planning++;
        return ReadEdgesAsync(id);
    }

    private Task<string> ReadEdgesAsync(long id) => Done($"edges for {id}", () =>
    {
        var post = _posts[id];
        if (post.OfSometimes && !_follows) post.Planning--;
        else _pending.Add(ct => PushAsync(id, ct));
    });

    private async Task<string> PushAsync(long id, CancellationToken ct)
    {
        await _store.PushAsync(new[] { _reader.Value }, new PostId(id), ct);
        _posts[id].Planning--;
        return $"push {id}";
    }

    // The follow projection: commit the edge, then select, then merge.
    private Task<string> FollowAsync() => Done("follow", () =>
    {
        _follows = true;
        _unmerged++;
        _pending.Add(_ => Done("select for merge", () =>
        {
            var recent = Newest(post => post.OfSometimes);
            _pending.Add(ct => MergeAsync(recent, ct));
        }));
    });

    private async Task<string> MergeAsync(List<long> recent, CancellationToken ct)
    {
        await _store.MergeAsync(_reader, recent, recent.Count < _capacity ? 0 : recent[^1], ct);
        _unmerged--;
        return "merge";
    }

    // The rebuilder: open, then select, then publish.
    private async Task<string> OpenAsync(CancellationToken ct)
    {
        if (await _store.OpenAsync(_key, ct) is not { } token) return await ExpireAsync(ct);

        _pending.Add(_ => Done("select", () =>
        {
            var ids = Newest(post => !post.OfSometimes || _follows);
            _pending.Add(async publishing => $"publish {await _store.PublishAsync(_key, token, ids, ids.Count < _capacity ? 0 : ids[^1], publishing)}");
        }));
        return "open";
    }

    // An open list whose rebuilder has to start again runs out by itself.
    private async Task<string> ExpireAsync(CancellationToken ct)
    {
        if ((await ReadAsync(ct)).State == TimelineState.Open) await RemoveAsync();
        return "expire";
    }

    private async Task<string> FlushAsync()
    {
        await RemoveAsync();
        return "flush";
    }

    private List<long> Newest(Func<Post, bool> which) =>
        [.. _posts.Where(entry => !entry.Value.Deleted && which(entry.Value)).Select(entry => entry.Key).OrderDescending().Take(_capacity)];

    private long AnyPost() => _posts.Keys.ElementAt(_random.Next(_posts.Count));

    private static Task<string> Done(string what, Action step)
    {
        step();
        return Task.FromResult(what);
    }

    private sealed class Post
    {
        public bool OfSometimes { get; init; }

        public bool Deleted { get; set; }

        /// <summary>Deliveries of its event that have not reached their end.</summary>
        public int Planning { get; set; }
    }
}
