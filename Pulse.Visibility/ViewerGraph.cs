using System.Collections.Frozen;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;

namespace Pulse.Visibility;

/// <summary>
/// What the rules need to know of a viewer: who he is, whom he follows and mutes, and between whom and him a block stands, as of one version of his graph.
/// </summary>
public sealed class ViewerGraph
{
    /// <summary>A reader without a token.</summary>
    public static readonly ViewerGraph Anonymous =
        new(viewer: null, version: 0, FrozenDictionary<UserId, DateTimeOffset>.Empty, FrozenSet<UserId>.Empty, FrozenDictionary<UserId, Mute>.Empty);

    private readonly FrozenSet<UserId> _apart;
    private readonly FrozenDictionary<UserId, Mute> _mutes;

    private ViewerGraph(
        UserId? viewer, long version, FrozenDictionary<UserId, DateTimeOffset> followees, FrozenSet<UserId> apart, FrozenDictionary<UserId, Mute> mutes)
    {
        Viewer = viewer;
        Version = version;
        Followees = followees;
        _apart = apart;
        _mutes = mutes;
    }

    public UserId? Viewer { get; }

    /// <summary>The graph version that this was built from.</summary>
    public long Version { get; }

    /// <summary>Whom the viewer follows, and since when.</summary>
    public FrozenDictionary<UserId, DateTimeOffset> Followees { get; }

    /// <summary>Users in all lists, by which caches measure.</summary>
    public int Size => Followees.Count + _apart.Count + _mutes.Count;

    public static ViewerGraph For(UserId viewer, GraphSnapshot snapshot) => new(
        viewer,
        snapshot.Version,
        snapshot.Followees.ToFrozenDictionary(followee => followee.Id, followee => followee.Since),
        (snapshot.Blocks ?? []).Concat(snapshot.BlockedBy ?? []).ToFrozenSet(),
        (snapshot.Mutes ?? []).ToFrozenDictionary(mute => mute.Id));

    /// <summary>The same graph with more users from whom a block keeps the viewer apart.</summary>
    public ViewerGraph ApartFrom(IReadOnlyCollection<UserId> others) =>
        others.Count == 0 ? this : new ViewerGraph(Viewer, Version, Followees, _apart.Concat(others).ToFrozenSet(), _mutes);

    /// <summary>The same graph after follows that began (since when) or ended (null).</summary>
    public ViewerGraph After(IReadOnlyDictionary<UserId, DateTimeOffset?> follows)
    {
        if (follows.Count == 0) return this;

        var followees = Followees.Where(followee => !follows.ContainsKey(followee.Key))
            .Concat(follows.Where(follow => follow.Value is not null).Select(follow => KeyValuePair.Create(follow.Key, follow.Value!.Value)));
        return new ViewerGraph(Viewer, Version, followees.ToFrozenDictionary(), _apart, _mutes);
    }

    /// <summary>The same graph after mutes that began or changed, or ended (null).</summary>
    public ViewerGraph After(IReadOnlyDictionary<UserId, Mute?> mutes)
    {
        if (mutes.Count == 0) return this;

        var standing = _mutes.Values.Where(mute => !mutes.ContainsKey(mute.Id)).Concat(mutes.Values.OfType<Mute>());
        return new ViewerGraph(Viewer, Version, Followees, _apart, standing.ToFrozenDictionary(mute => mute.Id));
    }

    public bool Is(UserId user) => Viewer == user;

    public bool Follows(UserId user) => Followees.ContainsKey(user);

    /// <summary>Whether one of the two blocks the other; it does not matter who.</summary>
    public bool IsApartFrom(UserId user) => _apart.Contains(user);

    /// <summary>Everybody of whom the viewer hears nothing at this moment, because of a block or a mute.</summary>
    public IReadOnlyCollection<UserId> Silenced(DateTimeOffset now) => [.. _apart, .. _mutes.Keys.Where(user => Mutes(user, now))];

    /// <summary>Everybody of whom the viewer hears at this moment, but not what he reposts.</summary>
    public IReadOnlyCollection<UserId> SilencedReposters(DateTimeOffset now) => [.. _mutes.Keys.Where(user => MutesRepostsOf(user, now) && !Mutes(user, now))];

    /// <summary>Whether the viewer mutes what <paramref name="user"/> writes at this moment.</summary>
    public bool Mutes(UserId user, DateTimeOffset now) => _mutes.TryGetValue(user, out var mute) && !mute.RepostsOnly && mute.IsInForce(now);

    /// <summary>Whether the viewer mutes what <paramref name="user"/> reposts at this moment.</summary>
    public bool MutesRepostsOf(UserId user, DateTimeOffset now) => _mutes.TryGetValue(user, out var mute) && mute.IsInForce(now);
}
