using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Departure;

public sealed class DeleteMeTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delete_RightPassword_IsGoneAtOnceForEverybodyAndItsNameIsFree()
    {
        var (leaving, other) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        using var answer = await DeleteAsync(leaving, UserServiceApp.Password);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await ProblemJson.AssertAsync(await other.Client.GetAsync($"/v1/users/{leaving.Id}", Ct), HttpStatusCode.NotFound, Ct);
        foreach (var edge in (string[])["follow", "block", "mute"])
        {
            await ProblemJson.AssertAsync(await other.Client.PutAsync($"/v1/users/{leaving.Id}/{edge}", content: null, Ct), HttpStatusCode.NotFound, Ct);
            await ProblemJson.AssertAsync(await other.Client.DeleteAsync($"/v1/users/{leaving.Id}/{edge}", Ct), HttpStatusCode.NotFound, Ct);
        }

        using var anonymous = fixture.App.Anonymous();
        foreach (var login in (string[])[leaving.Username, leaving.Email])
        {
            using var refused = await anonymous.PostAsJsonAsync("/v1/auth/login", new { username = login, password = UserServiceApp.Password }, PulseJson.Options, Ct);
            await ProblemJson.AssertAsync(refused, HttpStatusCode.Unauthorized, Ct);
        }

        using var renewal = await anonymous.PostAsJsonAsync("/v1/auth/refresh", new { refresh_token = leaving.Tokens.RefreshToken }, PulseJson.Options, Ct);
        await ProblemJson.AssertAsync(renewal, HttpStatusCode.Unauthorized, Ct);
        using var again = await anonymous.PostAsJsonAsync(
            "/v1/auth/signup", new { username = leaving.Username, email = leaving.Email, password = UserServiceApp.Password }, PulseJson.Options, Ct);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task Delete_WithEdgesAndPosts_LeavesNothingAndTheOthersExact()
    {
        var leaving = await fixture.App.NewUserAsync(Ct);
        var (fan, idol, blocked, muter, asking) = (
            await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await PutAsync(fan, "follow", leaving);
        await PutAsync(leaving, "follow", idol);
        await PutAsync(leaving, "block", blocked);
        await PutAsync(muter, "mute", leaving);
        await PutAsync(leaving, "mute", idol);
        using var locked = await leaving.Client.PatchAsync("/v1/users/me", Json.Body("{\"is_private\":true}"), Ct);
        await PutAsync(asking, "follow", leaving);
        fixture.App.Posts.Posts[leaving.Id] = [NewPost(leaving, 2), NewPost(leaving, 1)];

        using var answer = await DeleteAsync(leaving, UserServiceApp.Password);

        await ErasedAsync(leaving);
        Assert.Empty(fixture.App.Posts.Posts[leaving.Id]);
        Assert.Equal(0, (await idol.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).FollowersCount);
        Assert.Equal(0, (await fan.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).FollowingCount);
        await fixture.App.QueryAsync(async db =>
        {
            Assert.False(await db.Follows.AnyAsync(follow => follow.FollowerId == leaving.Id || follow.FolloweeId == leaving.Id, Ct));
            Assert.False(await db.Blocks.AnyAsync(block => block.BlockerId == leaving.Id || block.BlockedId == leaving.Id, Ct));
            Assert.False(await db.Mutes.AnyAsync(mute => mute.MuterId == leaving.Id || mute.MutedId == leaving.Id, Ct));
            Assert.False(await db.FollowRequests.AnyAsync(request => request.TargetId == leaving.Id, Ct));
            Assert.False(await db.RefreshTokens.AnyAsync(token => token.UserId == leaving.Id, Ct));
            Assert.False(await db.FollowerCounts.AnyAsync(count => count.UserId == leaving.Id, Ct));
            string[] groups = [leaving.Id.ToString(), fan.Id.ToString(), muter.Id.ToString()];
            var events = await db.Outbox.Where(message => groups.Contains(message.GroupKey)).Select(message => message.Type).ToListAsync(Ct);
            Assert.Equal(2, events.Count(type => type == UserUnfollowed.Type));
            // Without these the projection of the timelines would mute for ever.
            Assert.Equal(2, events.Count(type => type == UserUnmuted.Type));
            Assert.Single(events, UserDeleted.Type);
            return true;
        });
    }

    [Fact]
    public async Task Delete_RedisKeys_AreGoneAfterwards()
    {
        var leaving = await fixture.App.NewUserAsync(Ct);
        using var internalClient = fixture.App.Internal();
        (await internalClient.GetAsync($"/internal/users/{leaving.Id}/graph", Ct)).EnsureSuccessStatusCode();
        using var answer = await DeleteAsync(leaving, UserServiceApp.Password);

        await ErasedAsync(leaving);

        var cache = fixture.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        await Until.TrueAsync(
            async () => !await cache.KeyExistsAsync(UserKeys.Card(leaving.Id)) && !await cache.KeyExistsAsync(UserKeys.GraphVersion(leaving.Id)), "the keys are gone", Ct);
    }

    [Theory]
    [InlineData("{\"password\":\"not my password\"}")]
    [InlineData("{\"password\":\"\"}")]
    [InlineData("{\"password\":5}")]
    [InlineData("{}")]
    public async Task Delete_WithoutTheRightPassword_ChangesNothing(string body)
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/users/me") { Content = Json.Body(body) };

        using var answer = await user.Client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "password");
        Assert.Equal(user.Username, (await user.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).Username);
        await fixture.App.LogInAsync(user.Username, Ct);
    }

    [Fact]
    public async Task Delete_WithoutABody_IsRefused()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        await ProblemJson.AssertAsync(await user.Client.DeleteAsync("/v1/users/me", Ct), HttpStatusCode.BadRequest, Ct);
    }

    [Fact]
    public async Task Delete_Twice_TheSecondIsRefusedLikeAWrongPassword()
    {
        var leaving = await fixture.App.NewUserAsync(Ct);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => DeleteAsync(leaving, UserServiceApp.Password)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        foreach (var answer in answers) answer.Dispose();
        await ErasedAsync(leaving);
    }

    private static PostSnapshot NewPost(TestUser author, int number) =>
        new(new Contracts.Ids.PostId(author.Id.Value + number), author.Id, $"post {number}", PostVisibility.Public, DateTimeOffset.UnixEpoch);

    private static async Task PutAsync(TestUser who, string call, TestUser whom) => (await who.Client.PutAsync($"/v1/users/{whom.Id}/{call}", content: null, Ct)).EnsureSuccessStatusCode();

    private static Task<HttpResponseMessage> DeleteAsync(TestUser user, string password) =>
        user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/v1/users/me") { Content = JsonContent.Create(new { password }) }, Ct);

    private Task ErasedAsync(TestUser user) =>
        Until.TrueAsync(() => fixture.App.QueryAsync(async db => !await db.Users.AnyAsync(row => row.Id == user.Id, Ct)), "the account is erased", Ct);
}
