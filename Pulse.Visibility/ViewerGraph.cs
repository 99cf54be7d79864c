using System.Collections.Frozen;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;

namespace Pulse.Visibility;

/// <summary>What the rules need to know of a viewer: who he is and whom he follows, as of one version of his graph.</summary>
public sealed class ViewerGraph
{
    /// <summary>A reader without a token.</summary>
    public static readonly ViewerGraph Anonymous = new(viewer: null, version: 0, FrozenDictionary<UserId, DateTimeOffset>.Empty);

    private ViewerGraph(UserId? viewer, long version, FrozenDictionary<UserId, DateTimeOffset> followees)
    {
        Viewer = viewer;
        Version = version;
        Followees = followees;
    }

    public UserId? Viewer { get; }

    /// <summary>The graph version that this was built from.</summary>
    public long Version { get; }

    /// <summary>Whom the viewer follows, and since when.</summary>
    public FrozenDictionary<UserId, DateTimeOffset> Followees { get; }

    public static ViewerGraph For(UserId viewer, GraphSnapshot snapshot) =>
        new(viewer, snapshot.Version, snapshot.Followees.ToFrozenDictionary(followee => followee.Id, followee => followee.Since));

    public bool Is(UserId user) => Viewer == user;

    public bool Follows(UserId user) => Followees.ContainsKey(user);
}
