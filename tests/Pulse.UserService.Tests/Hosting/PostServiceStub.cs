using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.UserService.Tests.Hosting;

/// <summary>Answers for PostService, or is away.</summary>
public sealed class PostServiceStub : HttpMessageHandler
{
    public const long PostsCount = 7;

    public bool IsAway { get; set; }

    /// <summary>The posts of authors, the newest first.</summary>
    public ConcurrentDictionary<UserId, List<PostSnapshot>> Posts { get; } = new();

    /// <summary>What users like, by the post.</summary>
    public ConcurrentDictionary<UserId, List<OwnedLike>> Likes { get; } = new();

    public ConcurrentDictionary<UserId, List<OwnedBookmark>> Bookmarks { get; } = new();

    public ConcurrentDictionary<UserId, List<OwnedEdit>> Edits { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsAway) throw new HttpRequestException("Connection refused");

        object answer = request.RequestUri!.Segments[^1] switch
        {
            "erase" => Erase(AuthorOf(request)),
            "posts" => Ids(AuthorOf(request), long.Parse(System.Web.HttpUtility.ParseQueryString(request.RequestUri.Query)["before"]!, System.Globalization.CultureInfo.InvariantCulture)),
            "batch" => await BatchAsync(request, cancellationToken),
            "likes" => new OwnedLikePage(Above(request, Likes)),
            "bookmarks" => new OwnedBookmarkPage(Above(request, Bookmarks)),
            "edits" => new OwnedEditPage(Above(request, Edits)),
            _ => new AuthorSummary(PostsCount),
        };
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(answer, answer.GetType(), options: PulseJson.Options) };
    }

    private static UserId AuthorOf(HttpRequestMessage request) =>
        UserId.TryParse(request.RequestUri!.Segments[^2].TrimEnd('/'), provider: null, out var author) ? author : throw new InvalidOperationException($"{request.RequestUri} names no author.");

    // One post a call, so that there is more than one call.
    private AuthorErasure Erase(UserId author)
    {
        if (!Posts.TryGetValue(author, out var posts) || posts.Count == 0) return new AuthorErasure(Done: true);

        posts.RemoveAt(0);
        return new AuthorErasure(Done: false);
    }

    private AuthorPostIds Ids(UserId author, long before) =>
        new([.. Posts.GetValueOrDefault(author, []).Select(post => post.Id).Where(id => id.Value < before).Take(2)]);

    // Two a page, so that there is more than one.
    private static List<TItem> Above<TItem>(HttpRequestMessage request, ConcurrentDictionary<UserId, List<TItem>> items)
    {
        var after = PostId.TryParse(System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query)["after"], provider: null, out var id) ? id : default;
        return [.. items.GetValueOrDefault(AuthorOf(request), []).Where(item => PlaceOf(item!) > after).Take(2)];
    }

    private static PostId PlaceOf(object item) => item switch
    {
        OwnedLike like => like.PostId,
        OwnedBookmark bookmark => bookmark.PostId,
        OwnedEdit edit => edit.PostId,
        _ => throw new ArgumentException("It has no place.", nameof(item)),
    };

    private async Task<PostBatchResponse> BatchAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var wanted = (await request.Content!.ReadFromJsonAsync<PostBatchRequest>(PulseJson.Options, ct))!.Ids;
        return new PostBatchResponse([.. Posts.Values.SelectMany(posts => posts).Where(post => wanted.Contains(post.Id))]);
    }
}
