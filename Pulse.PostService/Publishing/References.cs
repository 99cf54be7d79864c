using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Publishing;

/// <summary>Looks up what a draft answers, shows and quotes. Whoever names a repost means the post that it shows.</summary>
internal sealed class References(PostDbContext db, Snapshots snapshots, PostShower shower)
{
    /// <exception cref="DependencyUnavailableException">Whether the author may see one of them depends on UserService, which is away.</exception>
    public async Task<(PostDraft? Draft, ProblemHttpResult? Problem)> ResolveAsync(UserId author, PostDraft draft, CancellationToken ct)
    {
        var (inReplyTo, repostOf, quoteOf) = draft.References;
        Dictionary<string, string[]> errors = [];
        var parent = await FindAsync("in_reply_to", inReplyTo, mustBeShared: false);
        var original = await FindAsync("repost_of", repostOf, mustBeShared: true);
        var quoted = await FindAsync("quote_of", quoteOf, mustBeShared: true);
        return errors.Count > 0 ? (null, Problem.Invalid(errors)) : (draft with { Parent = parent, Original = original, Quoted = quoted }, null);

        async Task<ShownPost?> FindAsync(string field, PostId? named, bool mustBeShared)
        {
            if (named is not { } id) return null;

            var found = await ContentAsync(author, id, ct);
            if (found is null) errors[field] = ["There is no such post."];
            else if (mustBeShared && !PostVisibilityRules.MayShare(author, found.Post, found.Author)) errors[field] = ["This post is not for everybody, so it cannot be shared."];
            return found;
        }
    }

    /// <summary>The post that <paramref name="id"/> shows; null when there is none, or the viewer may not see it.</summary>
    /// <exception cref="DependencyUnavailableException">As above.</exception>
    public async Task<ShownPost?> ContentAsync(UserId viewer, PostId id, CancellationToken ct)
    {
        if (await db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.Id == id.Value && post.DeletedAt == null, ct) is not { } row) return null;

        var shown = (await shower.VisibleAsync(viewer, [snapshots.Of(row)], PostShower.Asked, ct)).SingleOrDefault();
        return shown?.RepostOf ?? shown;
    }
}
