namespace Pulse.Engine.Tests.Histories;

/// <summary>What a step of a history does; the numbers of a <see cref="Step"/> choose users, posts and events.</summary>
internal enum StepKind
{
    Post,
    Burst,

    /// <summary>To, of, or of one of the posts that stand, if the user may.</summary>
    Reply,
    Repost,
    Quote,
    Edit,

    /// <summary>Of a post, or of a repost: both are hidden at once.</summary>
    Delete,
    Follow,
    Unfollow,
    Block,
    Unblock,

    /// <summary>For good, for a while, or of reposts alone; once more replaces.</summary>
    Mute,
    Unmute,

    /// <summary>The first user gains or loses followers who never read, across the limit of pushing.</summary>
    Fans,

    /// <summary>The bus delivers any waiting event: early, late, or in the wrong order.</summary>
    Deliver,

    /// <summary>The bus delivers an event and keeps it, or repeats one of long ago.</summary>
    DeliverAgain,

    /// <summary>The handler dies before one of its Redis commands; the event stays.</summary>
    DeliverAndCrash,
    DeliverAll,
    Read,

    /// <summary>A rebuilder opens a cold list and selects, and takes its time.</summary>
    BeginRebuild,

    /// <summary>It publishes at last.</summary>
    EndRebuild,

    /// <summary>A list reaches the end of its life.</summary>
    Expire,
    Flush,
    Restart,

    /// <summary>Redis restarts and gets back what it held.</summary>
    StaleRestore,

    /// <summary>Seconds or minutes pass.</summary>
    Pass,

    /// <summary>A process starts anew, with nothing in memory.</summary>
    NewProcess,

    /// <summary>Everything is handled, all time limits pass, and all pages are compared.</summary>
    Settle,
}

/// <summary>One step. Any list of steps is a history: what makes no sense at its place is skipped, so a history stays one when it is shortened.</summary>
internal sealed record Step(StepKind Kind, int A, int B, int N)
{
    public override string ToString() => $"{Kind} {A} {B} {N}";
}

/// <summary>A history before it is run: a value, so that it can be printed, repeated and made smaller.</summary>
internal sealed record History(int Capacity, int TrimSlack, int FollowerPage, IReadOnlyList<Step> Steps)
{
    public override string ToString() => $"capacity {Capacity}, slack {TrimSlack}, page {FollowerPage}, {Steps.Count} steps:\n  {string.Join("\n  ", Steps)}";
}
