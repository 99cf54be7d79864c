using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Engine.Tests.Engine;
using Pulse.Timelines;
using Pulse.Timelines.Keys;

namespace Pulse.Engine.Tests.Histories;

/// <summary>Runs one history on a lane, and compares what readers see with the oracle on the way and at its end.</summary>
internal sealed partial class HistoryRun : IDisposable
{
    private const int People = 5;
    private const int Processes = 2;

    // Ends what a young edge, a failure of Redis and an unconfirmed graph make readers look up beside the lists.
    private static readonly TimeSpan AllLimits = TimeSpan.FromMinutes(11);

    // The shorter ones end in a Pass, without any event.
    private static readonly TimeSpan?[] MuteTimes = [null, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2), TimeSpan.FromHours(2)];

    private readonly EngineLane _lane;
    private readonly ManualClock _clock = new();
    private readonly EngineSizes _sizes;
    private readonly OtherServices _others;
    private readonly EngineProcess[] _processes = new EngineProcess[Processes];
    private readonly UserId[] _people;
    private readonly List<PostId> _posts = [];
    private readonly List<BusEvent> _waiting = [];
    private readonly List<BusEvent> _delivered = [];
    private readonly List<(string Key, ulong Token, List<long> Ids)> _rebuilds = [];
    private readonly List<string> _story = [];
    private int _checks;

    private HistoryRun(EngineLane lane, History history)
    {
        _lane = lane;
        _sizes = new EngineSizes(history.Capacity, history.TrimSlack, history.FollowerPage);
        Owners = new Owners(lane.Cache, _clock);
        _others = new OtherServices(Owners.Users, Owners.Posts);
        for (var number = 0; number < Processes; number++) _processes[number] = NewProcess();
        _people = [.. Enumerable.Range(0, People).Select(_ => Owners.NewUser())];
    }

    private Owners Owners { get; }

    /// <summary>Runs <paramref name="history"/> on <paramref name="lane"/>.</summary>
    /// <returns>The story of the failure; null when every page was right.</returns>
    public static async Task<string?> FailureAsync(EngineLane lane, History history, CancellationToken ct)
    {
        await lane.ResetAsync(ct);
        using var run = new HistoryRun(lane, history);
        try
        {
            foreach (var step in history.Steps)
            {
                run._story.Add(step.ToString());
                await run.StepAsync(step, ct);
            }

            run._story.Add("at the end");
            await run.SettleAsync(history.Steps.Count, ct);
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return $"{(failure is WrongWalkException ? failure.Message : failure)}\n  {string.Join("\n  ", run._story)}";
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes) process.Dispose();
        Owners.Dispose();
    }

    private EngineProcess NewProcess() => new(_lane.Database, _lane.Redis, _others, _clock, _sizes);

    private async Task StepAsync(Step step, CancellationToken ct)
    {
        var (user, other) = (_people[step.A % People], _people[step.B % People]);
        switch (step.Kind)
        {
            case StepKind.Post:
                Send(await Owners.PostAsync(user, (PostVisibility)(step.N % 8 < 6 ? 0 : step.N % 8 - 5), mentioned: step.B % 2 == 0 && user != other ? other : null));
                break;
            case StepKind.Reply when Any(step.N, post => Owners.Sees(user, post)) is { } parent:
                Send(await Owners.ReplyAsync(user, parent));
                break;
            case StepKind.Repost when Any(step.N, post => Owners.MayShare(user, post) && !Owners.HasReposted(user, post)) is { } original:
                Send(await Owners.RepostAsync(user, original));
                break;
            case StepKind.Quote when Any(step.N, post => Owners.MayShare(user, post)) is { } quoted:
                Send(await Owners.QuoteAsync(user, quoted));
                break;
            case StepKind.Edit when Any(step.N, _ => true) is { } edited:
                await Owners.EditAsync(edited);
                break;
            case StepKind.Burst:
                // More than a list keeps: its tail is trimmed, its floor rises.
                for (var left = _sizes.Capacity + (step.N % 5); left > 0; left--) Send(await Owners.PostAsync(user));
                break;
            case StepKind.Delete when _posts.Count > 0:
                var post = _posts[step.N % _posts.Count];
                _posts.Remove(post);
                Send(await Owners.DeleteAsync(post));
                break;
            case StepKind.Follow when Owners.MayFollow(user, other):
                Send(await Owners.FollowAsync(user, other));
                break;
            case StepKind.Unfollow when Owners.Users.Follows(user, other):
                Send(await Owners.UnfollowAsync(user, other));
                break;
            case StepKind.Block when user != other && !Owners.Users.Blocks(user, other):
                foreach (var each in await Owners.BlockAsync(user, other)) Send(each);
                break;
            case StepKind.Unblock when Owners.Users.Blocks(user, other):
                Send(await Owners.UnblockAsync(user, other));
                break;
            case StepKind.Mute when user != other:
                Send(await Owners.MuteAsync(user, other, MuteTimes[step.N % MuteTimes.Length], repostsOnly: step.N % 7 == 0));
                break;
            case StepKind.Unmute when Owners.Users.MuteOf(user, other) is not null:
                Send(await Owners.UnmuteAsync(user, other));
                break;
            case StepKind.Fans:
                await FansAsync(6 + (step.N % 7), ct);
                break;
            case StepKind.Read:
                await ReadAsync(user, step.B, Walks.Limits[step.N % Walks.Limits.Count], ct);
                break;
            case StepKind.NewProcess:
                _processes[step.A % Processes].Dispose();
                _processes[step.A % Processes] = NewProcess();
                break;
            case StepKind.Pass:
                _clock.Pass(step.N % 3 == 0 ? AllLimits : TimeSpan.FromSeconds(6));
                break;
            case StepKind.Settle:
                await SettleAsync(step.N, ct);
                break;
            default:
                await DisturbAsync(step, user, ct);
                break;
        }
    }

    private void Send(BusEvent sent)
    {
        if (sent.Post is { } post) _posts.Add(post);
        _waiting.Add(sent);
        _story.Add($"    {sent.What}");
    }

    /// <summary>One of the posts that stand and are no reposts.</summary>
    private PostSnapshot? Any(int draw, Func<PostSnapshot, bool> which)
    {
        var posts = _posts.Select(Owners.Posts.Find).OfType<PostSnapshot>().Where(post => post.RepostOf is null && which(post)).ToList();
        return posts.Count == 0 ? null : posts[draw % posts.Count];
    }

    private Task FansAsync(int count, CancellationToken ct) => _lane.ExecuteAsync(
        """
        INSERT INTO follow_edges (followee, follower, version, active, since) SELECT $1, fan, 1, fan <= $2, now() FROM generate_series(1, 12) fan
        ON CONFLICT (followee, follower) DO UPDATE SET active = excluded.active WHERE follow_edges.active <> excluded.active
        """,
        ct,
        _people[0].Value,
        count);

    /// <summary>Events are on their way: a page may lack what they bring, and nothing else, and shows nothing that it must not.</summary>
    private async Task ReadAsync(UserId user, int process, int limit, CancellationToken ct)
    {
        _checks++;
        await _processes[process % Processes].Reader.CheckAsync(Owners, user, limit, Owners.Required(user), Owners.Oracle(user), ct);
    }

    private async Task SettleAsync(int draw, CancellationToken ct)
    {
        await DeliverAllAsync(draw, ct);
        foreach (var user in _people) await Projections.CheckAsync(_processes[0], Owners.Users, user, ct);
        // Before time passes, as a user would see it, and after, when the lists have to answer alone.
        foreach (var user in _people) await ReadSettledAsync(user, draw, Walks.Limits[^1], ct);
        _clock.Pass(AllLimits);
        foreach (var user in _people)
        {
            await Lists.CheckAsync(_lane, _processes[0], Owners, user, ct);
            await Lists.CheckTailAsync(_lane, _processes[0], user, ct);
        }

        await Lists.CheckTombstonesAsync(_lane, Owners, ct);
        for (var index = 0; index < People; index++)
        {
            foreach (var limit in Walks.Limits)
            {
                // One page a post is dear: a reader a turn.
                if (limit > 1 || index == draw % People) await ReadSettledAsync(_people[index], draw + index + limit, limit, ct);
            }
        }
    }

    private Task ReadSettledAsync(UserId user, int process, int limit, CancellationToken ct)
    {
        _checks++;
        var oracle = Owners.Oracle(user);
        return _processes[process % Processes].Reader.CheckAsync(Owners, user, limit, oracle, oracle, ct);
    }
}
