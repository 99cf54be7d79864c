using Pulse.Engine.Tests.Engine;
using Pulse.TestInfrastructure;

namespace Pulse.Engine.Tests.Interleavings;

/// <summary>
/// Planner, rebuilder, trim, reader, follow, unfollow, delete, flip and flush at the same time, in every order of their statements and
/// Redis commands; where there are too many orders, in every one with few switches. Afterwards every page is the oracle's.
/// </summary>
public sealed class InterleavingTests(InterleavingLane lane) : IClassFixture<InterleavingLane>
{
    // No pair of actors has as many steps.
    private const int AllOrders = int.MaxValue;

    private static readonly Setting Cold = new(OldPosts: 2, Follows: true, Fans: 0, Warm: false);
    private static readonly Setting Warm = Cold with { Warm = true };

    // The next two pushes cut the list.
    private static readonly Setting Full = Warm with { OldPosts = 3 };
    private static readonly Setting Stranger = Full with { Follows = false };

    // With one follower more he is pulled.
    private static readonly Setting AtTheLimit = Warm with { Fans = 8 };
    private static readonly Setting Pulled = Warm with { Fans = 11 };

    private static readonly Dictionary<string, (Setting Setting, int MostSwitches, Func<Scene, Task> Cast)> Scenes = new()
    {
        ["planner × rebuild"] = (Cold, AllOrders, async scene =>
        {
            await scene.PostAsync();
            scene.Rebuild();
        }
        ),
        ["planner × trim"] = (Full, 2, async scene =>
        {
            await scene.PostAsync();
            await scene.PostAsync();
        }
        ),
        ["planner × its repeat"] = (Warm, 2, scene => scene.PostAsync(times: 2)),
        ["planner × follow"] = (Stranger, AllOrders, async scene =>
        {
            await scene.PostAsync();
            await scene.FollowAsync();
        }
        ),
        ["planner × delete"] = (Warm, AllOrders, async scene =>
        {
            await scene.PostAsync();
            await scene.DeleteNewestAsync();
        }
        ),
        ["planner × flip up"] = (AtTheLimit, AllOrders, async scene =>
        {
            await scene.PostAsync();
            scene.SetFans(12);
        }
        ),
        ["planner × flip down"] = (Pulled, AllOrders, async scene =>
        {
            await scene.PostAsync();
            scene.SetFans(2);
        }
        ),
        ["pulled planner × its repeat"] = (AtTheLimit with { Fans = 11, OldPosts = 0 }, 2, scene => scene.PostAsync(times: 2)),
        ["follow × rebuild"] = (Stranger, AllOrders, async scene =>
        {
            await scene.FollowAsync();
            scene.Rebuild();
        }
        ),
        ["follow × unfollow"] = (Stranger, AllOrders, scene => scene.FollowAndUnfollowAsync()),
        ["unfollow × follow"] = (Full, AllOrders, scene => scene.UnfollowAndFollowAsync()),
        ["rebuild × flush"] = (Cold, AllOrders, scene =>
        {
            scene.Rebuild();
            scene.Flush();
            return Task.CompletedTask;
        }
        ),
        ["rebuild × rebuild"] = (Cold, AllOrders, scene =>
        {
            scene.Rebuild("first");
            scene.Rebuild("second");
            return Task.CompletedTask;
        }
        ),
        ["planner × reader"] = (Full, 1, async scene =>
        {
            await scene.PostAsync();
            scene.Read();
        }
        ),
        ["pulled planner × reader"] = (Pulled with { Warm = false, OldPosts = 0 }, 1, async scene =>
        {
            await scene.PostAsync();
            scene.Read();
        }
        ),
        ["flush × reader"] = (Full, AllOrders, scene =>
        {
            scene.Flush();
            scene.Read();
            return Task.CompletedTask;
        }
        ),
        ["planner × rebuild × trim"] = (Full with { Warm = false }, 1, async scene =>
        {
            await scene.PostAsync();
            scene.Rebuild();
            await scene.PostAsync(times: 2);
        }
        ),
        ["planner × rebuild × follow"] = (Stranger with { Warm = false }, 2, async scene =>
        {
            await scene.PostAsync();
            scene.Rebuild();
            await scene.FollowAsync();
        }
        ),
        ["planner × rebuild × flush"] = (Cold, 2, async scene =>
        {
            await scene.PostAsync();
            scene.Rebuild();
            scene.Flush();
        }
        ),
        ["planner × trim × reader"] = (Full, 1, async scene =>
        {
            await scene.PostAsync();
            await scene.PostAsync();
            scene.Read();
        }
        ),
        ["planner × follow × reader"] = (Stranger, 1, async scene =>
        {
            await scene.PostAsync();
            await scene.FollowAsync();
            scene.Read();
        }
        ),
        ["planner × unfollow and follow"] = (Full, 1, async scene =>
        {
            await scene.PostAsync();
            await scene.UnfollowAndFollowAsync();
        }
        ),
        ["planner × delete × rebuild"] = (Cold, 2, async scene =>
        {
            await scene.PostAsync();
            await scene.DeleteNewestAsync();
            scene.Rebuild();
        }
        ),
        ["planner × flip × its repeat"] = (AtTheLimit, 1, async scene =>
        {
            await scene.PostAsync(times: 2);
            scene.SetFans(12);
        }
        ),
        ["pulled planner × reader × flush"] = (Pulled with { Warm = false, OldPosts = 0 }, 1, async scene =>
        {
            scene.Read();
            await scene.PostAsync();
            scene.Flush();
        }
        ),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Scenes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "17")]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "22")]
    [Trait("Invariant", "23")]
    public async Task Pages_EveryOrderOfSteps_EqualTheOracle(string name)
    {
        var (setting, mostSwitches, cast) = Scenes[name];
        var runs = await Schedules.EnumerateAsync(mostSwitches, async prefix =>
        {
            using var scene = await Scene.SetAsync(lane.Lane, setting, Ct);
            await cast(scene);
            var trace = await Task.Run(() => Schedules.Run(scene.Actors, prefix), Ct);
            try
            {
                await scene.CheckAsync();
            }
            catch (WrongWalkException wrong)
            {
                Assert.Fail($"{wrong.Message}\n  {string.Join("\n  ", trace.Story)}");
            }

            return trace;
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} orders");
        // Actors that took no turns would show nothing.
        Assert.True(runs > 3, $"Only {runs} orders.");
    }
}

/// <summary>One lane for all scenes.</summary>
public sealed class InterleavingLane : IAsyncLifetime
{
    private LocalPostgres _postgres = null!;

    internal EngineLane Lane { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Actors block threads; the pool would add them one in half a second.
        ThreadPool.SetMinThreads(32, 32);
        _postgres = await LocalPostgres.CreateAsync(TestContext.Current.CancellationToken);
        Lane = await EngineLane.CreateAsync(_postgres, "lane", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Lane.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
