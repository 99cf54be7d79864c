using Microsoft.Extensions.Options;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Notifications;

namespace Pulse.Timelines.Tests.Notifications;

/// <summary>A user and what he is told, at times that the test sets.</summary>
internal sealed class BoxOf
{
    private readonly TimelineSlice _slice;
    private readonly NotificationBoxes _boxes;

    public BoxOf(TimelineSlice slice, NotificationOptions? options = null)
    {
        _slice = slice;
        User = slice.NewUser();
        _boxes = new NotificationBoxes(slice.Database);
        var settings = Options.Create(options ?? new NotificationOptions());
        Retention = new NotificationRetention(slice.Database, settings, Clock);
        Store = new NotificationStore(slice.Database, Retention, settings, Clock);
    }

    public UserId User { get; }

    public NotificationStore Store { get; }

    public NotificationRetention Retention { get; }

    public TestClock Clock { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Tells of an act of a new version.</summary>
    public Task<int> TellAsync(UserId actor, NotificationKind kind, long subject = 0, long version = 1, bool toFollowersOnly = false) =>
        Store.TellAsync(new Act(actor, version, Clock.GetUtcNow(), toFollowersOnly), [new Notice(User, kind, subject)], Ct);

    public Task EndAsync(UserId actor, NotificationKind kind, long subject = 0, long version = 2) =>
        Store.EndAsync(new Act(actor, version, Clock.GetUtcNow()), new Notice(User, kind, subject), Ct);

    public Task<NotificationBox> FindAsync() => _boxes.FindAsync(User, Ct);

    /// <summary>Everything that is shown, walked in pages, as of now or as of when a walk began.</summary>
    public async Task<List<NotificationGroup>> WalkAsync(
        int limit = 50, long? newest = null, IReadOnlyCollection<UserId>? hidden = null, IReadOnlyCollection<UserId>? hiddenReposters = null)
    {
        var snapshot = newest ?? (await FindAsync()).Newest;
        List<NotificationGroup> walked = [];
        var before = long.MaxValue;
        while (true)
        {
            var page = await PageAsync(snapshot, before, limit, hidden, hiddenReposters);
            walked.AddRange(page);
            if (page.Count < limit) return walked;
            before = page[^1].Place;
        }
    }

    public Task<List<NotificationGroup>> PageAsync(
        long newest, long before, int limit, IReadOnlyCollection<UserId>? hidden = null, IReadOnlyCollection<UserId>? hiddenReposters = null) =>
        _boxes.PageAsync(new BoxRange(User, newest, before, Above: 0, hidden ?? [], hiddenReposters ?? []), limit, Ct);

    public Task<long> CountAsync(string table) => _slice.ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE user_id = $1", Ct, User.Value);
}

/// <summary>What a walk shows, without numbers and times.</summary>
internal static class Shown
{
    public static (NotificationKind Kind, long Subject, UserId[] Actors) Of(NotificationGroup group) => (group.Kind, group.Subject, [.. group.Acts.Select(act => act.Actor)]);

    public static void Are(List<NotificationGroup> groups, params (NotificationKind Kind, long Subject, UserId[] Actors)[] expected)
    {
        var shown = groups.ConvertAll(Of);
        Assert.Equal(expected.Select(group => (group.Kind, group.Subject)), shown.Select(group => (group.Kind, group.Subject)));
        Assert.All(expected.Zip(shown), pair => Assert.Equal(pair.First.Actors, pair.Second.Actors));
        Assert.All(groups.Zip(groups.Skip(1)), pair => Assert.True(pair.First.Place > pair.Second.Place));
    }
}

/// <summary>A clock that stands unless it is told to pass.</summary>
internal sealed class TestClock : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(System.GetUtcNow().ToUnixTimeMilliseconds());

    public override DateTimeOffset GetUtcNow() => _now;

    public void Pass(TimeSpan time) => _now += time;
}
