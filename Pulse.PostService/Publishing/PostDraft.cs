using Pulse.Contracts;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Safety;

namespace Pulse.PostService.Publishing;

/// <summary>A post that is asked for; the steps of <see cref="PostPublishing"/> fill in what it refers to.</summary>
/// <param name="Content">Its text; empty for a repost, and where pictures say it all.</param>
/// <param name="Visibility">Who may see it.</param>
/// <param name="References">What it answers, shows and quotes.</param>
/// <param name="MediaIds">Uploads to attach, in order.</param>
internal sealed record PostDraft(string Content, PostVisibility Visibility, ReferenceIds References, IReadOnlyList<MediaId> MediaIds)
{
    /// <summary>The post that it answers.</summary>
    public ShownPost? Parent { get; init; }

    /// <summary>The post that it shows.</summary>
    public ShownPost? Original { get; init; }

    /// <summary>The post that it quotes.</summary>
    public ShownPost? Quoted { get; init; }

    /// <summary>Who is mentioned, the author never, nobody twice.</summary>
    public IReadOnlyList<UserId> Mentions { get; init; } = [];

    /// <summary>Folded, none twice.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Nobody could tell whose the names in it are; it is found out later.</summary>
    public bool Unresolved { get; init; }

    /// <summary>Its pictures, in order; each belongs to it when it is saved, or it is not saved.</summary>
    public IReadOnlyList<MediaUpload> Uploads { get; init; } = [];

    /// <summary>Whether nobody but its author is to see it.</summary>
    public bool Limited { get; init; }

    /// <summary>What of it is counted against floods when it is written; null for nothing.</summary>
    public CountedText? Counted { get; init; }
}

/// <summary>Posts that a draft names.</summary>
internal readonly record struct ReferenceIds(PostId? InReplyTo, PostId? RepostOf, PostId? QuoteOf);
