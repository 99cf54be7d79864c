using Pulse.Contracts.Ids;

namespace Pulse.PostService.Safety;

/// <summary>A text that somebody wants to publish, new or edited.</summary>
/// <param name="Author">Who.</param>
/// <param name="Text">As he wrote it.</param>
/// <param name="Folded">As checks compare it.</param>
internal sealed record CheckedText(UserId Author, string Text, FoldedText Folded);

/// <summary>One of the checks that every text goes through. A host adds its own by registering it.</summary>
internal interface IContentCheck
{
    /// <returns>What is to come of the text; of several checks the strictest decides.</returns>
    ValueTask<Verdict> CheckAsync(CheckedText text, CancellationToken ct);
}
