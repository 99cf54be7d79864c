using FsCheck;
using FsCheck.Fluent;

namespace Pulse.Engine.Tests.Histories;

/// <summary>Random histories, and smaller ones of a history that fails.</summary>
internal static class Generator
{
    private const int Numbers = 1 << 16;

    // Any odd number does; a seed alone must be enough to repeat a history.
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;
    private const int Size = 50;

    private static readonly Gen<StepKind> Kinds = Gen.Frequency(
        Weighted(18, StepKind.Post),
        Weighted(4, StepKind.Burst),
        Weighted(4, StepKind.Reply),
        Weighted(10, StepKind.Repost),
        Weighted(4, StepKind.Quote),
        Weighted(3, StepKind.Edit),
        Weighted(5, StepKind.Delete),
        Weighted(9, StepKind.Follow),
        Weighted(4, StepKind.Unfollow),
        Weighted(2, StepKind.Block),
        Weighted(2, StepKind.Unblock),
        Weighted(4, StepKind.Mute),
        Weighted(2, StepKind.Unmute),
        Weighted(4, StepKind.Fans),
        Weighted(20, StepKind.Deliver),
        Weighted(5, StepKind.DeliverAgain),
        Weighted(3, StepKind.DeliverAndCrash),
        Weighted(4, StepKind.DeliverAll),
        Weighted(10, StepKind.Read),
        Weighted(3, StepKind.BeginRebuild),
        Weighted(3, StepKind.EndRebuild),
        Weighted(2, StepKind.Expire),
        Weighted(2, StepKind.Flush),
        Weighted(4, StepKind.Pass),
        Weighted(2, StepKind.NewProcess),
        Weighted(1, StepKind.Settle));

    private static readonly Gen<Step> Steps =
        from kind in Kinds
        from a in Gen.Choose(0, Numbers)
        from b in Gen.Choose(0, Numbers)
        from n in Gen.Choose(0, Numbers)
        select new Step(kind, a, b, n);

    private static readonly Gen<History> Histories =
        from capacity in Gen.Elements(2, 3, 5, 8)
        from slack in Gen.Elements(1, 2, 4)
        from page in Gen.Elements(3, 7, 100)
        from length in Gen.Choose(10, 60)
        from steps in Steps.ListOf(length)
        from restart in Gen.Choose(1, 100)
        from at in Gen.Choose(0, length)
        select new History(capacity, slack, page, [.. steps[..at], .. Restart(restart), .. steps[at..]]);

    /// <summary>Histories with their smaller versions.</summary>
    public static Arbitrary<History> Arbitrary { get; } = Arb.From(Histories, Smaller);

    /// <summary>The history of a seed.</summary>
    public static History Of(int seed) => Arbitrary.Generator.Sample(1, new Rnd((ulong)seed * Gamma, Gamma), Size).Single();

    /// <summary>Ever smaller runs of steps are left out.</summary>
    private static IEnumerable<History> Smaller(History history)
    {
        var steps = history.Steps;
        for (var run = steps.Count / 2; run > 0; run /= 2)
        {
            for (var start = 0; start + run <= steps.Count; start += run) yield return history with { Steps = [.. steps.Take(start), .. steps.Skip(start + run)] };
        }
    }

    // A real restart takes a second: one history in fifty has one.
    private static Step[] Restart(int draw) => draw switch
    {
        1 => [new Step(StepKind.Restart, 0, 0, 0)],
        2 => [new Step(StepKind.StaleRestore, 0, 0, 0)],
        _ => [],
    };

    private static (int Weight, Gen<StepKind> Kind) Weighted(int weight, StepKind kind) => (weight, Gen.Constant(kind));
}
