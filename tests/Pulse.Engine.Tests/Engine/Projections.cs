using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.Engine.Tests.Engine;

/// <summary>When every event has been handled, in whatever order and however often, the projections are what their owner holds.</summary>
internal static class Projections
{
    public static async Task CheckAsync(EngineProcess process, FakeUserService owner, UserId user, CancellationToken ct)
    {
        var (followees, apart, mutes) = owner.EdgesOf(user);
        Compare("followees", user, followees.Select(OnTheWire), await process.Follows.FolloweesAsync(user, ct));
        Compare("blocks", user, apart, await process.Blocks.ApartAsync(user, ct));
        Compare("mutes", user, mutes, await process.Mutes.MutesAsync(user, ct));
    }

    /// <summary>As events tell times.</summary>
    public static DateTimeOffset ToMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static Followee OnTheWire(Followee followee) => followee with { Since = ToMilliseconds(followee.Since) };

    private static void Compare<T>(string what, UserId user, IEnumerable<T> owned, IEnumerable<T> projected)
    {
        var (expected, found) = (owned.ToHashSet(), projected.ToHashSet());
        if (!expected.SetEquals(found)) throw new WrongWalkException($"The projected {what} of {user} are [{string.Join(' ', found)}] and not [{string.Join(' ', expected)}].");
    }
}
