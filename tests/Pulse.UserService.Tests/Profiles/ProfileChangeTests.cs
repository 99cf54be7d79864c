using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Events;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Tests.Hosting;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Profiles;

public sealed class ProfileChangeTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IDatabase Redis => fixture.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public static TheoryData<string, string> Mistakes => new()
    {
        { "{\"display_name\":\"\"}", "display_name" },
        { "{\"display_name\":\"   \"}", "display_name" },
        { "{\"display_name\":\"a\\u0000b\"}", "display_name" },
        { "{\"display_name\":\"a\\nb\"}", "display_name" },
        { $"{{\"display_name\":\"{new string('x', 51)}\"}}", "display_name" },
        { "{\"display_name\":5}", "display_name" },
        // It turns what stands behind it, and the others show nothing.
        { "{\"display_name\":\"\\u202eevil\"}", "display_name" },
        { "{\"display_name\":\"\\u200b\"}", "display_name" },
        { "{\"display_name\":\"\\u200d\\ufeff\\u00ad\"}", "display_name" },
        { "{\"display_name\":\"\\u3164\"}", "display_name" },
        { $"{{\"bio\":\"{new string('x', 301)}\"}}", "bio" },
        { "{\"bio\":\"a\\u0000b\"}", "bio" },
        { "{\"bio\":[]}", "bio" },
        { "{\"avatar_url\":\"/relative.png\"}", "avatar_url" },
        { "{\"avatar_url\":\"ftp://media.test/a.png\"}", "avatar_url" },
        { "{\"avatar_url\":\"javascript:alert(1)\"}", "avatar_url" },
        { "{\"avatar_url\":\"https://media.test/a b.png\"}", "avatar_url" },
        { "{\"avatar_url\":\" https://media.test/a.png\"}", "avatar_url" },
        { $"{{\"avatar_url\":\"https://media.test/{new string('x', 1_000)}\"}}", "avatar_url" },
        { "{\"avatar_url\":\"https://somebody:secret@media.test/a.png\"}", "avatar_url" },
        { "{\"avatar_url\":\"https://media.test/a.png\\\"onerror=\"}", "avatar_url" },
        { "{\"avatar_url\":\"https://media.test/\\u202egnp.a\"}", "avatar_url" },
        { "{\"avatar_url\":5}", "avatar_url" },
        { "{\"is_private\":\"yes\"}", "is_private" },
        { "{\"display_name\":\"\",\"bio\":\"\\u0000\",\"avatar_url\":\"x\"}", "display_name,bio,avatar_url" },
    };

    [Fact]
    public async Task Patch_AllFields_ShowsThemEverywhere()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var changed = await user.PatchAsync(new { display_name = "  Älice 👩‍👩‍👧‍👦 ", bio = "one\ntwo", avatar_url = "https://media.test/a.png?x=1", is_private = true }, Ct);

        Assert.Equal(("Älice 👩‍👩‍👧‍👦", "one\ntwo", "https://media.test/a.png?x=1", true), (changed.DisplayName, changed.Bio, changed.AvatarUrl, changed.IsPrivate));
        using var anonymous = fixture.App.Anonymous();
        var seen = await anonymous.GetAsync<UserService.Profiles.UserResponse>($"/v1/users/{user.Id}", Ct);
        Assert.Equal((changed.DisplayName, changed.Bio, changed.AvatarUrl, true), (seen.DisplayName, seen.Bio, seen.AvatarUrl, seen.IsPrivate));
    }

    [Fact]
    public async Task Patch_FieldsLeftOut_StayAsTheyAre()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await user.PatchAsync(new { display_name = "Name", bio = "bio", avatar_url = "http://media.test/a.png", is_private = true }, Ct);

        var name = await user.PatchAsync(new { display_name = "Other" }, Ct);
        Assert.Equal(("Other", "bio", "http://media.test/a.png", true), (name.DisplayName, name.Bio, name.AvatarUrl, name.IsPrivate));
        var picture = await user.PatchAsync(new { avatar_url = (string?)null, bio = "" }, Ct);
        Assert.Equal(("Other", "", (string?)null, true), (picture.DisplayName, picture.Bio, picture.AvatarUrl, picture.IsPrivate));
        var again = await user.PatchAsync(new { avatar_url = "http://media.test/b.png" }, Ct);
        Assert.Equal("http://media.test/b.png", again.AvatarUrl);
        Assert.Null((await user.PatchAsync(new { avatar_url = "" }, Ct)).AvatarUrl);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Patch_WrongFields_AreNamedAndChangeNothing(string body, string fields)
    {
        var user = await fixture.App.NewUserAsync(Ct);

        using var response = await user.Client.PatchAsync("/v1/users/me", Json.Body(body), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, fields.Split(','));
        Assert.Empty(await EventsAsync(user));
    }

    [Fact]
    public async Task Patch_LongestValues_AreTaken()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        const string Family = "👩‍👩‍👧‍👦";
        var url = "https://media.test/" + new string('x', 1_000 - "https://media.test/".Length);

        var changed = await user.PatchAsync(
            new { display_name = string.Concat(Enumerable.Repeat("é", 50)), bio = string.Concat(Enumerable.Repeat(Family, 200)) + new string('x', 100), avatar_url = url }, Ct);

        Assert.Equal((50, url), (changed.DisplayName.Length, changed.AvatarUrl));
    }

    [Fact]
    public async Task Patch_CardInRedis_IsTheNewOneWhenTheCallAnswers()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await FillAsync(user);

        await user.PatchAsync(new { display_name = "Shown", is_private = true }, Ct);

        var card = await CardAsync(user);
        Assert.Equal(("Shown", true, AuthorStanding.Active, 2L), (card.DisplayName, card.IsPrivate, card.Standing, card.Version));
        await user.SetPrivateAsync(false, Ct);
        Assert.Equal((false, 3L), ((await CardAsync(user)).IsPrivate, (await CardAsync(user)).Version));
    }

    [Fact]
    public async Task Card_FillThatReadTheOldRow_NeverReplacesTheNewOne()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await FillAsync(user);
        var old = (byte[])(await Redis.StringGetAsync(UserKeys.Card(user.Id)))!;
        await user.SetPrivateAsync(true, Ct);
        await Redis.StringSetAsync(UserKeys.Card(user.Id), old);

        // Whoever asks now reads the new row, and its version wins.
        await FillAsync(user);
        Assert.Equal((true, 2L), ((await CardAsync(user)).IsPrivate, (await CardAsync(user)).Version));

        // A card of later, by a replica that is ahead, stays.
        await Redis.StringSetAsync(UserKeys.Card(user.Id), ((await CardAsync(user)) with { Version = 9, DisplayName = "later" }).Encode());
        await FillAsync(user);
        Assert.Equal("later", (await CardAsync(user)).DisplayName);

        // One of an old encoding has no version and gives way.
        await Redis.StringSetAsync(UserKeys.Card(user.Id), """{"id":"5","username":"alice","display_name":"Alice","is_celebrity":true}""");
        await FillAsync(user);
        Assert.Equal((true, 2L), ((await CardAsync(user)).IsPrivate, (await CardAsync(user)).Version));
    }

    [Fact]
    public async Task Patch_Events_TellWhatChangedAndOnlyThat()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        await user.PatchAsync(new { bio = "new" }, Ct);
        await user.PatchAsync(new { bio = "new", is_private = false }, Ct);
        await user.PatchAsync(new { }, Ct);
        await user.PatchAsync(new { is_private = true }, Ct);
        await user.PatchAsync(new { display_name = "Both", is_private = false }, Ct);

        var events = await EventsAsync(user);
        Assert.Equal([UserProfileChanged.Type, UserPrivacyChanged.Type, UserProfileChanged.Type, UserPrivacyChanged.Type], events.Select(entry => entry.Type));
        Assert.Equal(new UserProfileChanged(user.Id, Version: 2), events[0].DataAs<UserProfileChanged>());
        Assert.Equal(new UserPrivacyChanged(user.Id, IsPrivate: true, Version: 3), events[1].DataAs<UserPrivacyChanged>());
        Assert.Equal(new UserPrivacyChanged(user.Id, IsPrivate: false, Version: 4), events[3].DataAs<UserPrivacyChanged>());
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Patch_ManyAtOnce_TheCardIsTheLastCommit()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await FillAsync(user);

        await Task.WhenAll(Enumerable.Range(0, 30).Select(number => user.PatchAsync(new { display_name = $"name {number}", is_private = number % 2 == 0 }, Ct)));

        var row = await fixture.App.QueryAsync(db => db.Users.AsNoTracking().SingleAsync(account => account.Id == user.Id, Ct));
        var card = await CardAsync(user);
        Assert.Equal((row.DisplayName, row.IsPrivate, row.CardVersion), (card.DisplayName, card.IsPrivate, card.Version));
    }

    [Fact]
    public async Task SuspendedAccount_IsNobodyToOthersAndHimselfToHimself()
    {
        var (user, other) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await user.FollowAsync(other, Ct);
        await other.FollowAsync(user, Ct);
        await SuspendAsync(user);

        foreach (var path in (string[])[$"/v1/users/{user.Id}", $"/v1/users/by-username/{user.Username}", $"/v1/users/{user.Id}/followers", $"/v1/users/{user.Id}/following"])
        {
            foreach (var client in (HttpClient[])[other.Client, fixture.App.Anonymous()])
            {
                using var response = await client.GetAsync(path, Ct);
                await ProblemJson.AssertAsync(response, HttpStatusCode.NotFound, Ct);
            }
        }

        var third = await fixture.App.NewUserAsync(Ct);
        using var follow = await third.Client.PutAsync($"/v1/users/{user.Id}/follow", content: null, Ct);
        await ProblemJson.AssertAsync(follow, HttpStatusCode.NotFound, Ct);
        Assert.Empty((await other.Client.GetAsync<UserService.Follows.UsersPage>($"/v1/users/{other.Id}/followers", Ct)).Users);
        Assert.Empty((await third.Client.GetAsync<UserService.Follows.UsersPage>($"/v1/users/{other.Id}/following", Ct)).Users);
        Assert.Equal(user.Id, (await user.Client.GetAsync<UserService.Profiles.UserResponse>("/v1/users/me", Ct)).Id);
        Assert.True((await other.UnfollowAsync(user, Ct)) is { Following: false });
    }

    private Task<int> SuspendAsync(TestUser user) => fixture.App.QueryAsync(db => db.Users.Where(account => account.Id == user.Id)
        .ExecuteUpdateAsync(row => row.SetProperty(account => account.Standing, AuthorStanding.Suspended), Ct));

    private async Task FillAsync(TestUser user)
    {
        using var client = fixture.App.Internal();
        using var response = await client.PostAsync("/internal/users/batch", Json.Body($"{{\"ids\":[\"{user.Id}\"]}}"), Ct);
        response.EnsureSuccessStatusCode();
    }

    private async Task<AuthorCard> CardAsync(TestUser user) => AuthorCard.Decode((byte[])(await Redis.StringGetAsync(UserKeys.Card(user.Id)))!);

    private async Task<List<EventEnvelope>> EventsAsync(TestUser user)
    {
        var group = user.Id.ToString();
        var rows = await fixture.App.QueryAsync(db => db.Outbox.Where(message => message.GroupKey == group).OrderBy(message => message.Id).ToListAsync(Ct));
        return rows.ConvertAll(row => EventEnvelope.Read(row.Body));
    }
}
