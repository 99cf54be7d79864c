using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using StackExchange.Redis;

namespace Pulse.SystemTests.Accounts;

/// <summary>Somebody takes his data with him and leaves nothing.</summary>
public sealed class DepartureTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    [Trait("Invariant", "17")]
    [Trait("Invariant", "24")]
    public async Task Account_Deleted_IsGoneOnTheNextReadAndLeavesNoKey()
    {
        var (leaving, reader) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await reader.FollowAsync(leaving, Ct);
        await leaving.FollowAsync(reader, Ct);
        var post = await leaving.PostAsync("my last words", Ct);
        await reader.FeedUntilAsync(page => page.Ids.Contains(post) && page.Source == "cache", "the post has arrived", Ct);
        await leaving.FeedUntilAsync(page => page.Source == "cache", "his own timeline is warm", Ct);
        using (var export = await leaving.Client.GetAsync("/v1/users/me/export", Ct))
        {
            var all = await export.MustJsonAsync(Ct);
            Assert.Equal(["my last words"], all.GetProperty("posts").EnumerateArray().Select(each => each.GetProperty("content").GetString()));
            Assert.Equal(reader.Username, all.GetProperty("followers")[0].GetProperty("username").GetString());
        }

        using (var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/users/me") { Content = JsonContent.Create(new { password = "password123" }) })
        using (var answer = await leaving.Client.SendAsync(request, Ct))
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        Assert.DoesNotContain(post, (await reader.FeedAsync(Ct)).Ids);
        foreach (var path in (string[])[$"/v1/posts/{post}", $"/v1/users/{leaving.Id}", $"/v1/users/by-username/{leaving.Username}"])
        {
            using var gone = await reader.Client.GetAsync(path, Ct);
            await ProblemJson.AssertAsync(gone, HttpStatusCode.NotFound, Ct);
        }

        await Until.TrueAsync(async () => await StatusAsync(leaving, "/v1/users/me") == HttpStatusCode.Unauthorized, "the token is refused", Ct);
        using var redis = await ConnectionMultiplexer.ConnectAsync($"{await AddressAsync()},allowAdmin=true");
        await Until.TrueAsync(
            () => Task.FromResult(!redis.GetServer(redis.GetEndPoints()[0]).Keys(pageSize: 1_000).Any(key => key.ToString().Contains($"{{{leaving.Id}}}", StringComparison.Ordinal) && !key.ToString().StartsWith("g:", StringComparison.Ordinal))),
            "no key of his is left",
            Ct);
        using var me = await reader.Client.GetAsync("/v1/users/me", Ct);
        var profile = await me.MustJsonAsync(Ct);
        Assert.Equal((0, 0), (profile.GetProperty("followers_count").GetInt64(), profile.GetProperty("following_count").GetInt64()));
        Assert.DoesNotContain(post, await reader.WalkAsync(50, Ct));
    }

    private static async Task<HttpStatusCode> StatusAsync(PulseUser user, string path)
    {
        using var answer = await user.Client.GetAsync(path, Ct);
        return answer.StatusCode;
    }

    private async Task<string> AddressAsync()
    {
        var address = new Uri((await Pulse.StatusAsync("redis", Ct)).GetProperty("urls")[0].GetString()!);
        return $"{address.Host}:{address.Port}";
    }
}
