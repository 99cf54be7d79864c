using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Web;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.TimelineService.Tests.Fakes;

/// <summary>The posts of PostService: the truth that feeds are compared with.</summary>
internal sealed class FakePostService : FakeService
{
    private readonly ConcurrentDictionary<PostId, PostSnapshot> _posts = [];
    private readonly ConcurrentDictionary<PostId, UserId> _deleted = [];

    public IEnumerable<PostSnapshot> All => _posts.Values;

    public PostSnapshot Add(PostId id, UserId author, PostVisibility visibility, PostId? inReplyTo = null) => _posts[id] = new PostSnapshot(
        id, author, $"Text of {id}", visibility, Snowflake.TimeOf(id.Value), EditedAt: null, inReplyTo, inReplyTo is { } parent ? _posts[parent].AuthorId : null);

    public void Delete(PostId post)
    {
        if (_posts.TryRemove(post, out var snapshot)) _deleted[post] = snapshot.AuthorId;
    }

    protected override async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string[] path, CancellationToken ct)
    {
        switch (path)
        {
            case ["internal", "posts", "batch"]:
                var ids = (await BodyAsync<PostBatchRequest>(request, ct)).Ids;
                if (ids.Count > Batch.MaxIds) return new HttpResponseMessage(HttpStatusCode.BadRequest);
                return Json(new PostBatchResponse([.. ids.Where(_posts.ContainsKey).Select(id => _posts[id])]));
            case ["internal", "authors", var id, "posts"] when UserId.TryParse(id, provider: null, out var author):
                var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
                var (before, limit) = (PostId.Parse(query["before"]!, provider: null), int.Parse(query["limit"]!, CultureInfo.InvariantCulture));
                if (limit is < 1 or > Batch.MaxIds) return new HttpResponseMessage(HttpStatusCode.BadRequest);
                return Json(new AuthorPostIds([.. OfAuthor(author).Where(post => post < before).Take(limit)]));
            case ["internal", "posts"]:
                var above = HttpUtility.ParseQueryString(request.RequestUri!.Query)["after"] is { } last ? PostId.Parse(last, provider: null) : default;
                // Seven at a time, so that a refill has pages.
                return Json(new OwnedPostPage(
                [
                    .. _posts.Values.Select(post => new OwnedPost(post.Id, post.AuthorId, Deleted: false))
                        .Concat(_deleted.Select(post => new OwnedPost(post.Key, post.Value, Deleted: true)))
                        .Where(post => post.Id > above).OrderBy(post => post.Id).Take(7),
                ]));
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private IEnumerable<PostId> OfAuthor(UserId author) => _posts.Values.Where(post => post.AuthorId == author).Select(post => post.Id).OrderDescending();
}
