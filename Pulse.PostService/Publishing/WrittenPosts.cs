using System.Security.Claims;
using Pulse.Contracts.Api;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Publishing;

/// <summary>Shows an author what he has written. It is committed, so it is answered, whoever is away.</summary>
internal sealed class WrittenPosts(PostShower shower, AuthorCards cards)
{
    /// <param name="caller">The author.</param>
    /// <param name="post">What he has written.</param>
    /// <param name="draft">What was looked up for it; null for a post of before.</param>
    /// <param name="ct">Ends the call; the post stands.</param>
    public async Task<PostResponse> ShowAsync(ClaimsPrincipal caller, PostSnapshot post, PostDraft? draft, CancellationToken ct)
    {
        var viewer = caller.Id();
        var shown = draft is null ? await FoundAsync(caller, post, ct) : new ShownPost(post, await cards.OwnAsync(caller, ct), new PostCounts(post.Id), Marks: null, draft.Original, draft.Quoted);
        return PostResponse.From((await shower.CompleteAsync(viewer, [shown], ct))[0]);
    }

    private async Task<ShownPost> FoundAsync(ClaimsPrincipal caller, PostSnapshot post, CancellationToken ct)
    {
        try
        {
            if ((await shower.VisibleAsync(caller.Id(), [post], PostShower.Asked, ct)).SingleOrDefault() is { } shown) return shown;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            // Without what it shows or quotes, then.
        }

        return new ShownPost(post, await cards.OwnAsync(caller, ct), new PostCounts(post.Id), Marks: null);
    }
}
