using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.TimelineService.Hydrating;

/// <summary>
/// What viewers have liked, reposted and bookmarked, in process: valid only while its version is the one that rode with the candidates. What is not
/// remembered is one call to PostService for a page.
/// </summary>
internal sealed class ViewerMarks(PostClient postService) : IDisposable
{
    // Posts remembered in total, about 100 bytes each.
    private const long Capacity = 1_000_000;

    // Of one viewer; a walk far down begins anew.
    private const int MaxPerViewer = 1_000;

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <summary>Adds what the viewer has done to posts, and to what they show and quote.</summary>
    /// <returns>The posts, and whether that could be told of all of them.</returns>
    public async Task<(List<ShownPost> Marked, bool IsComplete)> MarkAsync(UserId viewer, long? version, List<ShownPost> posts, CancellationToken ct)
    {
        PostId[] contents = [.. posts.SelectMany(Contents).Distinct()];
        var known = await GetAsync(viewer, version, contents, ct);
        return (posts.ConvertAll(Marked), known.Count == contents.Length);

        ShownPost Marked(ShownPost post) => post with
        {
            // A repost is no content: nobody likes it.
            Marks = post.RepostOf is null ? known.GetValueOrDefault(post.Post.Id) : new PostMarks(post.Post.Id),
            RepostOf = post.RepostOf is { } original ? Marked(original) : null,
            QuoteOf = post.QuoteOf is { } quoted ? Marked(quoted) : null,
        };

        static IEnumerable<PostId> Contents(ShownPost post) =>
            post.RepostOf is { } original ? Contents(original) : post.QuoteOf is { } quoted ? [post.Post.Id, quoted.Post.Id] : [post.Post.Id];
    }

    /// <param name="viewer">Whose.</param>
    /// <param name="version">The version of his marks; null when it is not known.</param>
    /// <param name="posts">To what; at most <see cref="Batch.MaxIds"/>, no reposts.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>A mark for each post that can be told of. The others are missing only while PostService is away.</returns>
    public async Task<IReadOnlyDictionary<PostId, PostMarks>> GetAsync(UserId viewer, long? version, IReadOnlyCollection<PostId> posts, CancellationToken ct)
    {
        var known = _known.TryGetValue(viewer, out Remembered? remembered) && remembered!.Version == version ? remembered : null;
        Dictionary<PostId, PostMarks> marks = [];
        List<PostId> missing = [];
        foreach (var post in posts)
        {
            if (known is not null && known.Marks.TryGetValue(post, out var mark)) marks[post] = mark;
            else missing.Add(post);
        }

        if (missing.Count == 0) return marks;
        try
        {
            var told = await postService.MarksAsync(viewer, missing, ct);
            if (known is null || known.Version != told.Version || known.Marks.Count > MaxPerViewer) known = new Remembered(told.Version);
            var marked = told.Marks.ToDictionary(mark => mark.Id);
            foreach (var post in missing) known.Marks[post] = marks[post] = marked.GetValueOrDefault(post) ?? new PostMarks(post);
            _known.Set(viewer, known, new MemoryCacheEntryOptions { Size = known.Marks.Count + 1, SlidingExpiration = TimeSpan.FromMinutes(10) });
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            // The caller says so.
        }

        return marks;
    }

    public void Dispose() => _known.Dispose();

    private sealed record Remembered(long Version)
    {
        public ConcurrentDictionary<PostId, PostMarks> Marks { get; } = [];
    }
}
