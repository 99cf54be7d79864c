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

    public IEnumerable<PostSnapshot> All => _posts.Values;

    public PostSnapshot Add(PostId id, UserId author, PostVisibility visibility) =>
        _posts[id] = new PostSnapshot(id, author, $"Text of {id}", visibility, Snowflake.TimeOf(id.Value));

    public void Delete(PostId post) => _posts.TryRemove(post, out _);

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
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private IEnumerable<PostId> OfAuthor(UserId author) => _posts.Values.Where(post => post.AuthorId == author).Select(post => post.Id).OrderDescending();
}
