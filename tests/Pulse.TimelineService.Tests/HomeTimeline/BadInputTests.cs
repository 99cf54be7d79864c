using System.Net;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.TestInfrastructure.Http;

namespace Pulse.TimelineService.Tests.HomeTimeline;

public sealed class BadInputTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> BadQueries => new()
    {
        { "?limit=0", "limit" },
        { "?limit=101", "limit" },
        { "?limit=-1", "limit" },
        { "?limit=1.5", "limit" },
        { "?limit=abc", "limit" },
        { "?limit=", "limit" },
        { "?limit=99999999999999999999", "limit" },
        { "?cursor=", "cursor" },
        { "?cursor=abc", "cursor" },
        { "?cursor=%00", "cursor" },
        { $"?cursor={new KeysetCursor(5).Encode()}", "cursor" },
        { $"?cursor={new FeedCursor(new PostId(5), new PostId(4)).Encode()}", "cursor" },
        { "?rank=best", "rank" },
        { "?rank=", "rank" },
        { "?rank=TOP&limit=0&cursor=x", "cursor,limit,rank" },
    };

    [Theory]
    [MemberData(nameof(BadQueries))]
    public async Task GetFeed_BadQuery_Is400ThatNamesTheFields(string query, string fields)
    {
        using var answer = await app.NewUser().GetAsync(query, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, fields.Split(','));
    }

    [Fact]
    public async Task GetFeed_RankTop_SaysThatItFellBack()
    {
        using var answer = await app.NewUser().GetAsync("?rank=top", Ct);

        Assert.Equal("latest-fallback", FeedPage.Parse(await answer.Content.ReadAsStringAsync(Ct)).Ranking);
    }

    [Fact]
    public async Task GetFeed_NoToken_Is401()
    {
        using var client = app.Client(token: null);
        using var answer = await client.GetAsync(new Uri("/v1/feed", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.Unauthorized, Ct);
    }

    [Fact]
    public async Task GetFeed_ExpiredToken_Is401()
    {
        var user = app.NewUser();
        using var client = app.Client(app.Tokens.Expired(user.Id, "someone"));
        using var answer = await client.GetAsync(new Uri("/v1/feed", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.Unauthorized, Ct);
    }

    [Fact]
    public async Task GetFeed_TokenOfAnAccountThatIsGone_IsEmpty()
    {
        var gone = new UserId(1);
        var reader = new TestUser(gone, app.Client(app.Tokens.For(gone, "gone")));

        Assert.Empty((await reader.ReadAsync(Ct)).Ids);
    }
}
