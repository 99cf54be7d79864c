using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Texts;

/// <summary>What was read of the text of a post.</summary>
/// <param name="Mentions">Who is mentioned, the author never, nobody twice.</param>
/// <param name="Tags">Folded, none twice.</param>
/// <param name="Unresolved">Nobody could tell whose the names are; <see cref="MentionResolving"/> finds out later.</param>
internal sealed record ReadText(IReadOnlyList<UserId> Mentions, IReadOnlyList<string> Tags, bool Unresolved = false);

/// <summary>Reads the texts of posts, new or edited.</summary>
internal sealed partial class PostTexts(MentionedUsers users, TimeProvider clock, ILogger<PostTexts> logger)
{
    // Names that can wait are waited for no longer than a reader of the post would like.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <exception cref="DependencyUnavailableException">UserService is away, and whom the text names decides about who may see it.</exception>
    public async Task<ReadText> ReadAsync(UserId author, PostVisibility visibility, string content, CancellationToken ct)
    {
        var (names, tags) = TextGrammar.Read(content);
        if (names.Count == 0) return new ReadText([], tags);
        if (visibility == PostVisibility.Mentioned) return new ReadText(await users.FindAsync(author, names, ct), tags);

        using var patience = new CancellationTokenSource(Patience, clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return new ReadText(await users.FindAsync(author, names, waiting.Token), tags);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && (exception is OperationCanceledException || Outage.Is(exception)))
        {
            LogUnresolved(exception.Message);
            return new ReadText([], tags, Unresolved: true);
        }
    }

    [LoggerMessage(4181, LogLevel.Debug, "A post is taken whose names are looked up later: {Reason}")]
    private partial void LogUnresolved(string reason);
}
