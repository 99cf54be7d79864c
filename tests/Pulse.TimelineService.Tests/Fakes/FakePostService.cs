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
    private int _marksReads;

    public IEnumerable<PostSnapshot> All => _posts.Values;

    /// <summary>What a viewer has done, and the version of that; nobody has done anything else.</summary>
    public ConcurrentDictionary<UserId, MarksResponse> Marks { get; } = [];

    public ConcurrentDictionary<PostId, PostCounts> Counts { get; } = [];

    /// <summary>Calls for marks.</summary>
    public int MarksReads => _marksReads;

    public PostSnapshot Add(PostId id, UserId author, PostVisibility visibility, PostId? inReplyTo = null) => Add(new PostSnapshot(
        id, author, $"Text of {id}", visibility, Snowflake.TimeOf(id.Value), EditedAt: null, inReplyTo, inReplyTo is { } parent ? _posts[parent].AuthorId : null));

    public PostSnapshot Add(PostSnapshot post) => _posts[post.Id] = post;

    /// <summary>A post that stands; null for none.</summary>
    public PostSnapshot? Find(PostId post) => _posts.GetValueOrDefault(post);

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
                return Json(new PostBatchResponse(
                    [.. ids.Where(_posts.ContainsKey).Select(id => _posts[id])],
                    [.. ids.Where(_posts.ContainsKey).Select(id => Counts.GetValueOrDefault(id) ?? new PostCounts(id))]));
            case ["internal", "viewers", var name, "marks"] when UserId.TryParse(name, provider: null, out var viewer):
                Interlocked.Increment(ref _marksReads);
                var asked = (await BodyAsync<MarksRequest>(request, ct)).Ids;
                var marks = Marks.GetValueOrDefault(viewer) ?? new MarksResponse(Version: 0, []);
                return Json(marks with { Marks = [.. marks.Marks.Where(mark => asked.Contains(mark.Id))] });
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
