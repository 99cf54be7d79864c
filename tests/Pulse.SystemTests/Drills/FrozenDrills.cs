using System.Net;
using System.Net.Http.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Drills;

/// <summary>
/// Something keeps its connections and answers nothing (SIGSTOP). While it is frozen everything is answered, by the rest or as 503;
/// how long the slowest answer took is in the line that each drill prints.
/// </summary>
[Trait("Category", "Drill")]
[Trait("Invariant", "30")]
public sealed class FrozenDrills(RunningPulse pulse, ITestOutputHelper output) : DrillTest(pulse, output)
{
    [Fact]
    public async Task Postgres_FrozenUnderLoad_IsSaidAndLosesNothing()
    {
        using var crowd = await StartAsync();
        await FreezeAsync("postgres", async () =>
        {
            crowd.Expect(crowd.Authors[0], "not now");
            await RefusedAsync(() => crowd.Authors[0].Client.PostAsJsonAsync("/v1/posts", new { content = "not now" }, Ct));
            await RefusedAsync(() => crowd.Authors[0].Client.GetAsync($"/v1/users/{crowd.Authors[0].Id}/posts", Ct));
            Assert.NotEmpty((await crowd.Followers[0].FeedAsync(Ct)).Ids);
            await HealthAsync("database");
        });
        await AccountAsync("postgres frozen for 3 s", crowd);
    }

    [Fact]
    public async Task Users_FrozenUnderLoad_IsSaidAndLosesNothing()
    {
        using var crowd = await StartAsync();
        await FreezeAsync("users", async () =>
        {
            await RefusedAsync(() => crowd.Followers[0].Client.GetAsync("/v1/users/me", Ct));
            // As soon as the graphs at hand want to be confirmed.
            await crowd.Followers[0].FeedUntilAsync(page => page.Degraded.Contains("graph") && page.Ids.Count > 0, "a page says that its graph is the last one known", Ct);
            await HealthAsync("users");
        });
        await AccountAsync("users frozen for 3 s", crowd);
    }

    [Fact]
    public async Task Posts_FrozenUnderLoad_IsSaidAndLosesNothing()
    {
        using var crowd = await StartAsync();
        await FreezeAsync("posts", async () =>
        {
            await RefusedAsync(() => crowd.Authors[0].Client.PostAsJsonAsync("/v1/posts", new { content = "not now" }, Ct));
            Assert.NotEmpty((await crowd.Followers[0].FeedAsync(Ct)).Ids);
            // What only PostService has is missing, and the page says so.
            await Pulse.FlushRedisAsync(Ct);
            await crowd.Followers[0].FeedUntilAsync(page => page.Degraded.Contains("posts"), "a page says that posts are missing", Ct);
            await HealthAsync("posts");
        });
        await AccountAsync("posts frozen for 3 s", crowd);
    }

    [Fact]
    public async Task Timelines_FrozenUnderLoad_IsSaidAndLosesNothing()
    {
        using var crowd = await StartAsync();
        await FreezeAsync("timelines", async () =>
        {
            await RefusedAsync(() => crowd.Followers[0].Client.GetAsync("/v1/feed", Ct));
            await crowd.AnsweredAsync(5, Ct);
            await HealthAsync("timelines");
        });
        await AccountAsync("timelines frozen for 3 s", crowd);
    }

    private async Task<DrillCrowd> StartAsync()
    {
        var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 3, Ct);
        crowd.Start();
        await crowd.AnsweredAsync(20, Ct);
        return crowd;
    }

    /// <summary>The call is answered with 503 and when to try again.</summary>
    private static async Task RefusedAsync(Func<Task<HttpResponseMessage>> send)
    {
        using var answer = await send();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    /// <summary>The health of the system says what is frozen.</summary>
    private Task HealthAsync(string frozen) => Until.TrueAsync(
        async () =>
        {
            using var answer = await Pulse.Api.GetAsync("/system/health", Ct);
            var health = await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Ct);
            var state = health.GetProperty("services").TryGetProperty(frozen, out var service) ? service : health.GetProperty(frozen);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable && state.GetString() == "unhealthy";
        },
        $"the health of the system says that {frozen} is away",
        Ct);
}
