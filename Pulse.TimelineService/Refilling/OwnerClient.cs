using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;

namespace Pulse.TimelineService.Refilling;

/// <summary>What the owners hold, page by page.</summary>
internal sealed class OwnerClient(IHttpClientFactory clients)
{
    // Clients of their own: a page that takes too long must not open the circuit that the feeds go through.
    internal const string Users = "refill-users";
    internal const string Posts = "refill-posts";

    private const int UsersAtOnce = 500;

    public async Task<IReadOnlyList<UserGraph>> GraphsAsync(UserId? after, CancellationToken ct) =>
        (await GetAsync<GraphPage>(Users, $"/internal/graphs?limit={UsersAtOnce}{After(after)}", ct)).Graphs;

    public async Task<IReadOnlyList<OwnedPost>> PostsAsync(PostId? after, CancellationToken ct) =>
        (await GetAsync<OwnedPostPage>(Posts, $"/internal/posts?limit={OwnedPostPage.MaxPosts}{After(after)}", ct)).Posts;

    private static string After<TId>(TId? last)
        where TId : struct => last is { } id ? $"&after={id}" : "";

    private async Task<T> GetAsync<T>(string owner, string path, CancellationToken ct)
    {
        using var client = clients.CreateClient(owner);
        return (await client.GetFromJsonAsync<T>(path, PulseJson.Options, ct))!;
    }
}
