using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Erasing;

[Trait("Invariant", "17")]
public sealed class ErasureTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    // More than one call deletes.
    [InlineData(52)]
    public async Task Erase_AuthorOfMany_DeletesEachOnceAndEmptiesIt(int count)
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        List<PostId> posts = [];
        for (var i = 0; i < count; i++) posts.Add(await alice.PublishAsync("soon gone", Ct));
        var other = await bob.PublishAsync("stays", Ct);

        var calls = 1;
        while (!await EraseAsync(alice.Id)) Assert.InRange(++calls, 1, count);

        Assert.True(await EraseAsync(alice.Id), "nothing is left to do");
        await using var scope = app.Services.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<PostDbContext>().Posts.Where(post => post.AuthorId == alice.Id.Value).ToListAsync(Ct);
        Assert.Equal(count, rows.Count);
        Assert.All(rows, row => Assert.NotNull(row.DeletedAt));
        Assert.All(rows, row => Assert.Empty(row.Content));
        foreach (var post in posts)
        {
            Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
            Assert.True(PostSnapshot.IsTombstone(((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(post)))!));
        }

        Assert.False(await app.Cache.KeyExistsAsync(PostKeys.Self(alice.Id)));
        Assert.Equal("stays", (await app.BatchAsync(Ct, [other, .. posts])).Posts.Single().Content);
    }

    [Fact]
    [Trait("Invariant", "24")]
    public async Task Erase_RedisFrozen_IsNotDoneBeforeTheTailIsGone()
    {
        await using var own = new PostsApp();
        await own.InitializeAsync();
        var alice = own.NewUser();
        await alice.PublishAsync("soon gone", Ct);
        own.Redis.Pause();

        using var refused = await CallAsync(own, alice.Id);

        await ProblemJson.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, Ct);
        own.Redis.Resume();
        Assert.True(await own.Cache.KeyExistsAsync(PostKeys.Self(alice.Id)));
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await CallAsync(own, alice.Id);
                return answer.IsSuccessStatusCode;
            },
            "the author is erased",
            Ct);
        Assert.False(await own.Cache.KeyExistsAsync(PostKeys.Self(alice.Id)));
    }

    private static async Task<HttpResponseMessage> CallAsync(PostsApp app, UserId author)
    {
        using var client = app.InternalClient();
        return await client.PostAsync(new Uri($"/internal/authors/{author}/erase", UriKind.Relative), content: null, Ct);
    }

    private async Task<bool> EraseAsync(UserId author)
    {
        using var answer = await CallAsync(app, author);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<AuthorErasure>(PulseJson.Options, Ct))!.Done;
    }
}
