using System.Net;

namespace Pulse.SystemTests.Visibility;

/// <summary>What one reader sees of one author, path by path.</summary>
/// <param name="Home">Whether his posts are on the first page of the home timeline.</param>
/// <param name="OldCursor">Whether they are on the page behind a cursor of before the change.</param>
/// <param name="Post">The status of a post by its id.</param>
/// <param name="Posts">Whether his own list of posts shows them.</param>
/// <param name="Profile">The status of his profile.</param>
/// <param name="InFollowers">Whether the followers of somebody whom he follows name him.</param>
/// <param name="InFollowing">Whether the list of whom somebody follows names him.</param>
/// <param name="Lists">The status of the lists of his own followers and followees.</param>
internal sealed record Sight(
    bool Home, bool OldCursor, HttpStatusCode Post, bool Posts, HttpStatusCode Profile, bool InFollowers, bool InFollowing, HttpStatusCode Lists)
{
    public static readonly Sight Everything = new(
        Home: true, OldCursor: true, HttpStatusCode.OK, Posts: true, HttpStatusCode.OK, InFollowers: true, InFollowing: true, HttpStatusCode.OK);

    /// <summary>Whoever does not follow a public account, or mutes it.</summary>
    public static readonly Sight AllButHome = Everything with { Home = false, OldCursor = false };

    /// <summary>Whoever does not follow a private one.</summary>
    public static readonly Sight NameOnly = AllButHome with { Post = HttpStatusCode.NotFound, Posts = false, Lists = HttpStatusCode.Forbidden };

    /// <summary>A block stands between the two.</summary>
    public static readonly Sight Apart = AllButHome with { Post = HttpStatusCode.NotFound, Posts = false, InFollowers = false, InFollowing = false };
}
