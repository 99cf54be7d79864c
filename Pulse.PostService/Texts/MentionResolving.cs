using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Posts;
using Pulse.ServiceDefaults.Background;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Texts;

/// <summary>Finds out whom posts mention that were taken while UserService was away. Any number of replicas may: of two that do the same, one does.</summary>
internal sealed partial class MentionResolving(IServiceScopeFactory scopes, TimeProvider clock, ILogger<MentionResolving> logger)
    : PeriodicService(TimeSpan.FromSeconds(2), clock, logger)
{
    private const int Batch = 100;

    protected override async Task RunAsync(CancellationToken ct)
    {
        long above = 0;
        while (true)
        {
            await using var scope = scopes.CreateAsyncScope();
            var posts = await scope.ServiceProvider.GetRequiredService<PostDbContext>().UnresolvedMentions
                .Where(row => row.PostId > above).OrderBy(row => row.PostId).Select(row => row.PostId).Take(Batch).ToListAsync(ct);
            foreach (var post in posts) await ResolveAsync(new PostId(post), ct);
            if (posts.Count < Batch) return;

            above = posts[^1];
        }
    }

    private async Task ResolveAsync(PostId id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PostDbContext>();
        try
        {
            if (await db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.Id == id.Value && post.DeletedAt == null, ct) is { } row)
            {
                var names = TextGrammar.Read(row.Content).Names;
                var mentions = await scope.ServiceProvider.GetRequiredService<MentionedUsers>().FindAsync(new UserId(row.AuthorId), names, ct);
                await scope.ServiceProvider.GetRequiredService<PostEditor>().MentionAsync(id, row.Content, mentions, ct);
            }
            else
            {
                await db.UnresolvedMentions.Where(unresolved => unresolved.PostId == id.Value).ExecuteDeleteAsync(ct);
            }
        }
        catch (Exception exception) when (!Outage.Is(exception) && exception is not OperationCanceledException)
        {
            // The others need not wait for it.
            LogFailed(id, exception);
        }
    }

    [LoggerMessage(4182, LogLevel.Error, "Whom post {Post} mentions can not be found out")]
    private partial void LogFailed(PostId post, Exception exception);
}
