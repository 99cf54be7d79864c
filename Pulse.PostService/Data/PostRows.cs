namespace Pulse.PostService.Data;

/// <summary>What a post said before an edit; a row of <c>post_edits</c>.</summary>
internal sealed class PostEdit
{
    public required long PostId { get; init; }

    /// <summary>The revision that this was.</summary>
    public required int Revision { get; init; }

    public required string Content { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }
}

/// <summary>A tag of a post; a row of <c>post_tags</c>.</summary>
internal sealed class PostTag
{
    /// <summary>Folded, so that tags which differ in case alone are one.</summary>
    public required string Tag { get; init; }

    public required long PostId { get; init; }
}

/// <summary>A post whose names nobody could look up when it was taken; a row of <c>unresolved_mentions</c>.</summary>
internal sealed class UnresolvedMention
{
    public required long PostId { get; init; }
}

/// <summary>A change of a post's counts that is not folded into them yet; a row of <c>post_count_steps</c>.</summary>
internal sealed class PostCountStep
{
    public long Id { get; init; }

    public required long PostId { get; init; }

    public short Likes { get; init; }

    public short Reposts { get; init; }

    public short Replies { get; init; }

    /// <summary>What a post adds to the counts of another one, or takes off them; null for nothing. Whom nobody sees does not count.</summary>
    public static PostCountStep? Of(Post row, short count) => row switch
    {
        { Limited: true } => null,
        { RepostOf: { } original } => new PostCountStep { PostId = original, Reposts = count },
        { InReplyTo: { } parent } => new PostCountStep { PostId = parent, Replies = count },
        _ => null,
    };
}

/// <summary>What an author asked with an <c>Idempotency-Key</c>, and what came of it; a row of <c>idempotency_keys</c>.</summary>
internal sealed class IdempotencyKeyRow
{
    public required long UserId { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 of what was asked for.</summary>
    public required byte[] RequestHash { get; init; }

    public required long PostId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
