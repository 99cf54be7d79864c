using Pulse.Contracts;
using Pulse.Contracts.Api;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Notifications;

namespace Pulse.FanoutWorker.Notifications;

/// <summary>Whom a post tells what. Pure.</summary>
internal static class PostNotices
{
    /// <summary>
    /// Everybody whom the post concerns, once: who is answered is not told that he is quoted or mentioned too, and who is quoted not that he is mentioned.
    /// One that is limited concerns nobody, also when it is freed later.
    /// </summary>
    public static IReadOnlyList<Notice> Of(PostPublished post)
    {
        if (post.Limited) return [];
        if (post.RepostOf is { } original)
        {
            return post.RepostOfAuthorId is { } reposted && reposted != post.AuthorId ? [Notice.Of(reposted, NotificationKind.Repost, original)] : [];
        }

        Dictionary<UserId, NotificationKind> told = [];
        if (post.InReplyToAuthorId is { } answered) told[answered] = NotificationKind.Reply;
        if (post.QuoteOfAuthorId is { } quoted) told.TryAdd(quoted, NotificationKind.Quote);
        foreach (var mentioned in post.Mentions ?? []) told.TryAdd(mentioned, NotificationKind.Mention);
        told.Remove(post.AuthorId);
        return [.. told.Select(user => Notice.Of(user.Key, user.Value, post.PostId))];
    }

    /// <summary>Whether followers who want to be told of every post are told of this one: of what the author has to say, not of his conversations or what he passes on.</summary>
    public static bool AreForFollowers(PostPublished post) =>
        post is { Limited: false, RepostOf: null, InReplyTo: null, Visibility: PostVisibility.Public or PostVisibility.Followers };
}
