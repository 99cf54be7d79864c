using System.Net;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Faults;

public sealed class PostgresAwayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostgresAway_Is503AndGoesOnByItself()
    {
        await using var app = new PostsApp();
        await app.InitializeAsync();
        var alice = app.NewUser();
        var post = new Uri($"/v1/posts/{await alice.PublishAsync("before", Ct)}", UriKind.Relative);

        await app.Postgres.StopAsync(Ct);

        using (var read = await alice.Client.GetAsync(post, Ct))
        {
            await ProblemJson.AssertAsync(read, HttpStatusCode.ServiceUnavailable, Ct);
            Assert.NotNull(read.Headers.RetryAfter);
        }

        using (var write = await alice.PostAsync(new { content = "during" }, Ct)) await ProblemJson.AssertAsync(write, HttpStatusCode.ServiceUnavailable, Ct);
        using (var delete = await alice.Client.DeleteAsync(post, Ct)) await ProblemJson.AssertAsync(delete, HttpStatusCode.ServiceUnavailable, Ct);

        await app.Postgres.StartAsync(Ct);

        await Until.TrueAsync(
            async () =>
            {
                using var answer = await alice.PostAsync(new { content = "after" }, Ct);
                return answer.StatusCode == HttpStatusCode.Created;
            },
            "posts are taken again",
            Ct);
        using var shown = await alice.Client.GetAsync(post, Ct);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }
}
