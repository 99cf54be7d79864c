using System.Net;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Follows;

/// <summary>Everybody does everything to everybody at once: a deadlock would be a 500, and what must never stand beside each other does not.</summary>
[Trait("Invariant", "16")]
[Trait("Invariant", "28")]
public sealed class RequestStormTests(UsersFixture fixture)
{
    private static readonly (string Method, string Path)[] Calls =
    [
        ("PUT", "/v1/users/{0}/follow"), ("PUT", "/v1/users/{0}/follow"), ("DELETE", "/v1/users/{0}/follow"),
        ("PUT", "/v1/users/{0}/block"), ("DELETE", "/v1/users/{0}/block"), ("DELETE", "/v1/users/{0}/block"),
        ("PUT", "/v1/users/{0}/mute"), ("DELETE", "/v1/users/{0}/mute"),
        ("POST", "/v1/follow-requests/{0}/accept"), ("POST", "/v1/follow-requests/{0}/reject"),
        ("PATCH", "true"), ("PATCH", "false"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(4, 4)]
    public async Task Everything_AllAtOnce_NeverDeadlocksAndAgreesAfterwards(int people, int seed)
    {
        List<TestUser> users = [];
        while (users.Count < people) users.Add(await fixture.App.NewUserAsync(Ct));
        var random = new Random(seed);
        var plan = Enumerable.Range(0, 240).Select(_ =>
        {
            var one = random.Next(people);
            return (One: users[one], Other: users[(one + random.Next(1, people)) % people], Call: Calls[random.Next(Calls.Length)]);
        }).ToList();

        var answers = await Task.WhenAll(plan.Select(step => SendAsync(step.One, step.Other, step.Call.Method, step.Call.Path)));

        Assert.All(answers.Zip(plan), answer => Assert.True(
            answer.First is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Forbidden or HttpStatusCode.NotFound,
            $"seed {seed}: {answer.Second.Call} was answered {answer.First}."));
        await AssertAgreementAsync([.. users.Select(user => user.Id)], seed);
    }

    private static async Task<HttpStatusCode> SendAsync(TestUser user, TestUser other, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), method == "PATCH" ? "/v1/users/me" : path.Replace("{0}", other.Id.ToString(), StringComparison.Ordinal));
        if (method == "PATCH") request.Content = Json.Body($"{{\"is_private\":{path}}}");
        using var response = await user.Client.SendAsync(request, Ct);
        return response.StatusCode;
    }

    private Task<bool> AssertAgreementAsync(List<UserId> ids, int seed) => fixture.App.QueryAsync(async db =>
    {
        var follows = (await db.Follows.Where(follow => ids.Contains(follow.FollowerId)).ToListAsync(Ct)).ConvertAll(follow => (follow.FollowerId, follow.FolloweeId));
        var requests = (await db.FollowRequests.Where(request => ids.Contains(request.RequesterId)).ToListAsync(Ct)).ConvertAll(request => (request.RequesterId, request.TargetId));
        var apart = (await db.Blocks.Where(block => ids.Contains(block.BlockerId)).ToListAsync(Ct))
            .SelectMany(block => new[] { (block.BlockerId, block.BlockedId), (block.BlockedId, block.BlockerId) }).ToHashSet();
        var open = await db.Users.Where(user => ids.Contains(user.Id) && !user.IsPrivate).Select(user => user.Id).ToListAsync(Ct);

        Assert.True(!requests.Intersect(follows).Any(), $"seed {seed}: a request beside its follow");
        Assert.True(!requests.Intersect(apart).Any() && !follows.Intersect(apart).Any(), $"seed {seed}: a request or follow beside a block");
        Assert.True(!requests.Exists(request => open.Contains(request.TargetId)), $"seed {seed}: a request at a public account");
        foreach (var id in ids)
        {
            Assert.Equal(follows.Count(follow => follow.FolloweeId == id), await db.FollowerCounts.Where(count => count.UserId == id).Select(count => count.Followers).SingleAsync(Ct));
            Assert.Equal(follows.Count(follow => follow.FollowerId == id), await db.Users.Where(user => user.Id == id).Select(user => user.FollowingCount).SingleAsync(Ct));
        }

        return true;
    });
}
