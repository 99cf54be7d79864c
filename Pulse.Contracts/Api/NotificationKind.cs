namespace Pulse.Contracts.Api;

/// <summary>What a notification tells; a value stands in the database, so none is ever given again.</summary>
public enum NotificationKind : short
{
    /// <summary>Somebody follows the reader.</summary>
    Follow = 0,

    /// <summary>Somebody waits for the reader's answer, whose account is private.</summary>
    FollowRequest = 1,

    /// <summary>Somebody lets the reader follow him.</summary>
    FollowAccepted = 2,

    /// <summary>A post names the reader.</summary>
    Mention = 3,

    /// <summary>A post answers one of the reader's.</summary>
    Reply = 4,

    /// <summary>A post quotes one of the reader's.</summary>
    Quote = 5,

    /// <summary>Somebody reposted a post of the reader.</summary>
    Repost = 6,

    /// <summary>Somebody likes a post of the reader.</summary>
    Like = 7,

    /// <summary>Somebody has posted of whose posts the reader wants to be told.</summary>
    Post = 8,
}
