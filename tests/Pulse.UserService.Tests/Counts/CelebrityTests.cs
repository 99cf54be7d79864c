using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Counts;

/// <summary>Who is a celebrity, in the profile, in the cards that are answered and in the card that stands in Redis.</summary>
[Trait("Invariant", "28")]
public sealed class CelebrityTests(UsersFixture fixture)
{
    private const int Limit = UserServiceApp.CelebrityLimit;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_AroundTheLimit_FlipsAtTheLimitAndBackOnlyBelowNineTenths()
    {
        var star = await fixture.App.NewUserAsync(Ct);
        var fans = await FansAsync(star, Limit - 1);
        await AssertAsync(star, expected: false);
        var last = await fixture.App.NewUserAsync(Ct);

        await SendAsync(last, HttpMethod.Put, "follow", star);
        await AssertAsync(star, expected: true);
        // 9 of 10 is not below nine tenths.
        await SendAsync(last, HttpMethod.Delete, "follow", star);
        await AssertAsync(star, expected: true);
        await SendAsync(fans[0], HttpMethod.Delete, "follow", star);
        await AssertAsync(star, expected: false);
        // The same count as above, from the other side.
        await SendAsync(fans[0], HttpMethod.Put, "follow", star);
        await AssertAsync(star, expected: false);
        await SendAsync(last, HttpMethod.Put, "follow", star);
        await AssertAsync(star, expected: true);
    }

    [Fact]
    public async Task Block_FollowersLost_FlipsBelowNineTenths()
    {
        var star = await fixture.App.NewUserAsync(Ct);
        var fans = await FansAsync(star, Limit);

        await SendAsync(star, HttpMethod.Put, "block", fans[0]);
        await AssertAsync(star, expected: true);
        await SendAsync(fans[1], HttpMethod.Put, "block", star);
        await AssertAsync(star, expected: false);
    }

    [Fact]
    public async Task Follow_CountFromBeforeTheRecord_IsACelebrityWithoutItAndKeepsIt()
    {
        var star = await fixture.App.NewUserAsync(Ct);
        var fans = await FansAsync(star, Limit);
        await fixture.App.QueryAsync(db => db.Database.ExecuteSqlAsync($"UPDATE follower_counts SET is_celebrity = false WHERE user_id = {star.Id.Value}", Ct));

        Assert.True((await ProfileAsync(star)).IsCelebrity);
        await SendAsync(fans[0], HttpMethod.Delete, "follow", star);

        await AssertAsync(star, expected: true);
    }

    [Fact]
    public async Task Follow_BackAndForthAtOnce_CardAgreesWithTheCountAfterwards()
    {
        var star = await fixture.App.NewUserAsync(Ct);
        var fans = await FansAsync(star, Limit - 1);
        fans.Add(await fixture.App.NewUserAsync(Ct));

        // Three of them come and go over both boundaries.
        await Task.WhenAll(fans[^3..].Select(async fan =>
        {
            for (var time = 0; time < 10; time++)
            {
                await SendAsync(fan, HttpMethod.Delete, "follow", star);
                await SendAsync(fan, HttpMethod.Put, "follow", star);
            }
        }));

        await AssertFoldedAsync(star, expected: true);
        foreach (var fan in fans[..2]) await SendAsync(fan, HttpMethod.Delete, "follow", star);
        await AssertFoldedAsync(star, expected: false);
    }

    // What many do at once shows in the card when the last step is folded.
    private async Task AssertFoldedAsync(TestUser user, bool expected)
    {
        await Until.TrueAsync(() => fixture.App.QueryAsync(async db => !await db.FollowerCountDeltas.AnyAsync(delta => delta.UserId == user.Id, Ct)), "every step is folded", Ct);
        await Until.TrueAsync(() => Task.FromResult(expected == CardOf(user).IsCelebrity), "the card shows it", Ct);
        await AssertAsync(user, expected);
    }

    private AuthorCard CardOf(TestUser user) =>
        AuthorCard.Decode((byte[])fixture.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGet(UserKeys.Card(user.Id))!);

    private static async Task SendAsync(TestUser user, HttpMethod method, string call, TestUser other)
    {
        using var request = new HttpRequestMessage(method, $"/v1/users/{other.Id}/{call}");
        using var response = await user.Client.SendAsync(request, Ct);
        response.EnsureSuccessStatusCode();
    }

    private async Task<List<TestUser>> FansAsync(TestUser star, int count)
    {
        List<TestUser> fans = [];
        for (var number = 0; number < count; number++)
        {
            fans.Add(await fixture.App.NewUserAsync(Ct));
            await SendAsync(fans[number], HttpMethod.Put, "follow", star);
        }

        return fans;
    }

    private async Task<UserResponse> ProfileAsync(TestUser user)
    {
        using var client = fixture.App.Anonymous();
        return await client.GetAsync<UserResponse>($"/v1/users/{user.Id}", Ct);
    }

    private async Task AssertAsync(TestUser user, bool expected)
    {
        Assert.Equal(expected, (await ProfileAsync(user)).IsCelebrity);
        using var client = fixture.App.Internal();
        using var response = await client.PostAsJsonAsync("/internal/users/batch", new CardBatchRequest([user.Id]), PulseJson.Options, Ct);
        Assert.Equal(expected, Assert.Single((await response.ReadAsync<CardBatchResponse>(Ct)).Cards).IsCelebrity);
        var cache = fixture.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        Assert.Equal(expected, AuthorCard.Decode((byte[])(await cache.StringGetAsync(UserKeys.Card(user.Id)))!).IsCelebrity);
    }
}
