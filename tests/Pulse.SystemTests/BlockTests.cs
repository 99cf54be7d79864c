using System.Net;
using Pulse.TestInfrastructure.Http;

namespace Pulse.SystemTests;

/// <summary>Two who follow each other, until one blocks the other.</summary>
public sealed class BlockTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    [Trait("Invariant", "15")]
    public async Task Block_ThenUnblock_IsTrueOnTheVeryNextReadOfBoth()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await alice.FollowAsync(bob, Ct);
        await bob.FollowAsync(alice, Ct);
        var (hers, his) = (await alice.PostAsync("hers", Ct), await bob.PostAsync("his", Ct));
        foreach (var user in (PulseUser[])[alice, bob]) await user.FeedUntilAsync(page => page.Ids.Count == 2 && page.Source == "cache", "both timelines are warm", Ct);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(bob, $"/v1/posts/{hers}"), await StatusAsync(alice, $"/v1/posts/{his}")));

        await alice.BlockAsync(bob, Ct);

        Assert.Equal([hers], (await alice.FeedAsync(Ct)).Ids);
        Assert.Equal([his], (await bob.FeedAsync(Ct)).Ids);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (await StatusAsync(bob, $"/v1/posts/{hers}"), await StatusAsync(alice, $"/v1/posts/{his}")));
        using var refused = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", content: null, Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.Forbidden, Ct);

        await alice.UnblockAsync(bob, Ct);
        Assert.Equal([his], (await bob.FeedAsync(Ct)).Ids);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bob, $"/v1/posts/{hers}"));
        await bob.FollowAsync(alice, Ct);
        Assert.Equal([his, hers], (await bob.FeedAsync(Ct)).Ids);
    }

    private static async Task<HttpStatusCode> StatusAsync(PulseUser user, string path)
    {
        using var answer = await user.Client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return answer.StatusCode;
    }
}
