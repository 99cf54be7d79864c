using System.Text.Json;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Profiles;

public sealed class ProfileTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetUser_Anonymous_HasNoRelationship()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var client = fixture.App.Anonymous();

        var body = JsonElement.Parse(await client.GetStringAsync($"/v1/users/{user.Id}", Ct));

        Assert.Equal(
            ["id", "username", "display_name", "bio", "avatar_url", "is_private", "is_celebrity", "followers_count", "following_count", "posts_count", "created_at"],
            body.EnumerateObject().Select(member => member.Name));
        Assert.Equal(PostServiceStub.PostsCount, body.GetProperty("posts_count").GetInt64());
        Assert.EndsWith("Z", body.GetProperty("created_at").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetUser_WithAToken_TellsTheRelationshipExceptToOneself()
    {
        var (viewer, other) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        var user = await viewer.Client.GetAsync<UserResponse>($"/v1/users/{other.Id}", Ct);
        var self = await viewer.Client.GetAsync<UserResponse>($"/v1/users/{viewer.Id}", Ct);

        Assert.Equal(new RelationshipResponse(Following: false, FollowedBy: false, Requested: false, Blocking: false, BlockedBy: false, Muting: false), user.Relationship);
        Assert.Null(self.Relationship);
    }

    [Fact]
    public async Task GetMe_WithAToken_IsTheCaller()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var me = await user.Client.GetAsync<UserResponse>("/v1/users/me", Ct);

        Assert.Equal((user.Id, user.Username), (me.Id, me.Username));
    }

    [Fact]
    public async Task GetUserByName_AnyCase_FindsHim()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var client = fixture.App.Anonymous();

        var found = await client.GetAsync<UserResponse>($"/v1/users/by-username/{user.Username.ToUpperInvariant()}", Ct);

        Assert.Equal(user.Id, found.Id);
    }

    [Theory]
    [InlineData("SignupRequest", "username email password")]
    [InlineData("LoginRequest", "username password")]
    [InlineData("MuteRequest", "")]
    [InlineData("StandingRequest", "")]
    public async Task OpenApi_Request_RequiresOnlyWhatMustBeThere(string schema, string fields)
    {
        using var client = fixture.App.Anonymous();

        var document = JsonElement.Parse(await client.GetStringAsync("/openapi/v1.json", Ct));

        var request = document.GetProperty("components").GetProperty("schemas").GetProperty(schema);
        Assert.Equal(fields, request.TryGetProperty("required", out var required) ? string.Join(' ', required.EnumerateArray().Select(field => field.GetString())) : "");
    }

    [Fact]
    public async Task OpenApi_Document_ShowsIdsAsStringsAndNoInternalCall()
    {
        using var client = fixture.App.Anonymous();

        var document = JsonElement.Parse(await client.GetStringAsync("/openapi/v1.json", Ct));

        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Contains("/v1/users/{id}/follow", paths);
        Assert.DoesNotContain(paths, path => path.StartsWith("/internal", StringComparison.Ordinal));
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal("string", schemas.GetProperty("UserId").GetProperty("type").GetString());
        Assert.True(schemas.GetProperty("UserResponse").GetProperty("properties").TryGetProperty("display_name", out _));
    }
}
