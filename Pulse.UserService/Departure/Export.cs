using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Data;

namespace Pulse.UserService.Departure;

/// <summary>Everything that Pulse keeps about a user, as he can take it with him. The lists are read while they are written.</summary>
public sealed record ExportResponse(
    ExportedAccount Account,
    IAsyncEnumerable<ExportedFollow> Following,
    IAsyncEnumerable<ExportedEdge> Followers,
    IAsyncEnumerable<ExportedFollow> RequestsSent,
    IAsyncEnumerable<ExportedEdge> RequestsReceived,
    IAsyncEnumerable<ExportedEdge> Blocks,
    IAsyncEnumerable<ExportedMute> Mutes,
    IAsyncEnumerable<ExportedLogin> Logins,
    IAsyncEnumerable<PostSnapshot> Posts,
    IAsyncEnumerable<OwnedEdit> Edits,
    IAsyncEnumerable<OwnedLike> Likes,
    IAsyncEnumerable<OwnedBookmark> Bookmarks);

public sealed record ExportedAccount(
    UserId Id, string Username, string Email, bool EmailVerified, string DisplayName, string Bio, string? AvatarUrl, bool IsPrivate, DateTimeOffset CreatedAt);

/// <summary>Another user, and since when.</summary>
public sealed record ExportedEdge(UserId Id, string Username, DateTimeOffset Since);

/// <summary>Whom the user follows or has asked to, and whether he wants to be told of every post.</summary>
public sealed record ExportedFollow(UserId Id, string Username, DateTimeOffset Since, bool Notify);

public sealed record ExportedMute(UserId Id, string Username, DateTimeOffset? Until, bool RepostsOnly, DateTimeOffset Since);

/// <summary>A login that may still be renewed, until when.</summary>
public sealed record ExportedLogin(DateTimeOffset ExpiresAt);

/// <summary>Puts an export together, in constant memory: the lists of a celebrity are long.</summary>
internal sealed class Export(UserDbContext db, IHttpClientFactory clients, TimeProvider clock)
{
    /// <returns>Null when there is no such account.</returns>
    /// <exception cref="HttpRequestException">PostService is away; said before anything is written.</exception>
    public async Task<ExportResponse?> OfAsync(UserId user, CancellationToken ct)
    {
        var account = await db.Users.Where(known => known.Id == user)
            .Select(known => new ExportedAccount(
                known.Id, known.Username, known.Email, known.EmailVerifiedAt != null, known.DisplayName, known.Bio, known.AvatarUrl, known.IsPrivate, known.CreatedAt))
            .SingleOrDefaultAsync(ct);
        if (account is null) return null;

        var now = clock.GetUtcNow();
        var newest = await PostsBelowAsync(user, PostId.From(long.MaxValue), ct);
        return new ExportResponse(
            account,
            Stream(from follow in db.Follows where follow.FollowerId == user join other in db.Users on follow.FolloweeId equals other.Id select new ExportedFollow(other.Id, other.Username, follow.Since, follow.Notify), ct),
            Stream(from follow in db.Follows where follow.FolloweeId == user join other in db.Users on follow.FollowerId equals other.Id select new ExportedEdge(other.Id, other.Username, follow.Since), ct),
            Stream(from request in db.FollowRequests where request.RequesterId == user join other in db.Users on request.TargetId equals other.Id select new ExportedFollow(other.Id, other.Username, request.CreatedAt, request.Notify), ct),
            Stream(from request in db.FollowRequests where request.TargetId == user join other in db.Users on request.RequesterId equals other.Id select new ExportedEdge(other.Id, other.Username, request.CreatedAt), ct),
            Stream(from block in db.Blocks where block.BlockerId == user join other in db.Users on block.BlockedId equals other.Id select new ExportedEdge(other.Id, other.Username, block.Since), ct),
            Stream(from mute in db.Mutes where mute.MuterId == user join other in db.Users on mute.MutedId equals other.Id select new ExportedMute(other.Id, other.Username, mute.Until, mute.RepostsOnly, mute.Since), ct),
            Stream(from token in db.RefreshTokens where token.UserId == user && token.UsedAt == null && token.RevokedAt == null && token.ExpiresAt > now select new ExportedLogin(token.ExpiresAt), ct),
            PostsAsync(user, newest, ct),
            PagesAsync<OwnedEditPage, OwnedEdit>(user, "edits", page => page.Edits, edit => edit.PostId, ct),
            PagesAsync<OwnedLikePage, OwnedLike>(user, "likes", page => page.Likes, like => like.PostId, ct),
            PagesAsync<OwnedBookmarkPage, OwnedBookmark>(user, "bookmarks", page => page.Bookmarks, bookmark => bookmark.PostId, ct));
    }

    // An iterator of its own, which has closed its query when it says that it is at its end: the serializer disposes of all of them late, and a
    // connection has one query at a time.
    private static async IAsyncEnumerable<T> Stream<T>(IQueryable<T> query, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in query.AsAsyncEnumerable().WithCancellation(ct)) yield return row;
    }

    private async IAsyncEnumerable<PostSnapshot> PostsAsync(UserId user, IReadOnlyList<PostSnapshot> page, [EnumeratorCancellation] CancellationToken ct)
    {
        while (page.Count > 0)
        {
            // That a post is limited its author learns nowhere.
            foreach (var post in page) yield return post with { Limited = false };
            page = await PostsBelowAsync(user, page[^1].Id, ct);
        }
    }

    private async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(
        UserId user, string list, Func<TPage, IReadOnlyList<TItem>> items, Func<TItem, PostId> place, [EnumeratorCancellation] CancellationToken ct)
    {
        using var client = clients.CreateClient(AccountErasure.Client);
        for (var query = ""; ;)
        {
            var page = items((await client.GetFromJsonAsync<TPage>($"/internal/authors/{user}/{list}{query}", PulseJson.Options, ct))!);
            if (page.Count == 0) yield break;

            foreach (var item in page) yield return item;
            query = $"?after={place(page[^1])}";
        }
    }

    private async Task<IReadOnlyList<PostSnapshot>> PostsBelowAsync(UserId user, PostId before, CancellationToken ct)
    {
        using var client = clients.CreateClient(AccountErasure.Client);
        var ids = await client.GetFromJsonAsync<AuthorPostIds>($"/internal/authors/{user}/posts?before={before}&limit={Batch.MaxIds}", PulseJson.Options, ct);
        if (ids!.Ids.Count == 0) return [];

        using var response = await client.PostAsJsonAsync("/internal/posts/batch", new PostBatchRequest(ids.Ids), PulseJson.Options, ct);
        response.EnsureSuccessStatusCode();
        var posts = (await response.Content.ReadFromJsonAsync<PostBatchResponse>(PulseJson.Options, ct))!.Posts;
        return [.. posts.OrderByDescending(post => post.Id.Value)];
    }
}
