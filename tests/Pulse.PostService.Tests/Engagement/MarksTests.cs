using System.Globalization;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Engagement;
using Pulse.TestInfrastructure;

namespace Pulse.PostService.Tests.Engagement;

/// <summary>What a reader who remembers marks behind their version is told, as TimelineService does.</summary>
public sealed class MarksTests(PostsApp app)
{
    private const string Like = "like";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Marks_OfEveryKind_AreTold()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        PostId[] posts = [await alice.PublishAsync("one", Ct), await alice.PublishAsync("two", Ct), await alice.PublishAsync("three", Ct), await alice.PublishAsync("four", Ct)];
        await bob.DoAsync(Like, posts[0], Ct).OkAsync(Ct);
        await bob.DoAsync("repost", posts[1], Ct).OkAsync(Ct);
        await bob.DoAsync("bookmark", posts[1], Ct).OkAsync(Ct);
        await bob.DoAsync("bookmark", posts[2], Ct).OkAsync(Ct);
        await bob.UndoAsync("bookmark", posts[2], Ct).OkAsync(Ct);

        var told = await ReadAsync(bob.Id, posts);

        Assert.Equal(5, told.Version);
        Assert.Equal([new PostMarks(posts[0], Liked: true), new PostMarks(posts[1], Reposted: true, Bookmarked: true)], told.Marks.OrderBy(mark => mark.Id));
        Assert.Equal(5, await PublishedAsync(bob.Id));
        // A repeat is no change.
        await bob.DoAsync(Like, posts[0], Ct).OkAsync(Ct);
        await bob.UndoAsync("bookmark", posts[2], Ct).OkAsync(Ct);
        Assert.Equal(5, (await ReadAsync(bob.Id, posts)).Version);
    }

    [Theory]
    [InlineData("like")]
    [InlineData("repost")]
    [InlineData("bookmark")]
    public async Task Marks_ReadByManyWhileTheyChange_AreTrueAfterEachAnswer(string what)
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("like me", Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        RememberingReader[] readers = [.. Enumerable.Range(0, 4).Select(_ => new RememberingReader(this, bob.Id, post))];
        // They ask and publish at any moment of a change, and remember what they were told.
        var asking = readers.Select(reader => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await reader.ReadAsync();
        })).ToList();

        for (var turn = 0; turn < 60; turn++)
        {
            var marked = turn % 2 == 0;
            await (marked ? bob.DoAsync(what, post, Ct) : bob.UndoAsync(what, post, Ct)).OkAsync(Ct);
            foreach (var reader in readers)
            {
                var mark = await reader.ReadAsync();
                Assert.Equal((turn, marked), (turn, what switch { Like => mark.Liked, "repost" => mark.Reposted, _ => mark.Bookmarked }));
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(asking);
    }

    [Fact]
    public async Task Marks_ProcessDiedAfterTheCommit_AreTrueAMomentLater()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("keep me", Ct);
        await bob.DoAsync(Like, post, Ct).OkAsync(Ct);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PostDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await db.Database.ExecuteSqlAsync($"INSERT INTO bookmarks (user_id, post_id, id) VALUES ({bob.Id.Value}, {post.Value}, 1)", Ct);
            await scope.ServiceProvider.GetRequiredService<MarksVersions>().RaiseAsync(bob.Id, Ct);
            // A reader of this moment publishes the version of before.
            Assert.Equal(1, (await ReadAsync(bob.Id, post)).Version);
            await transaction.CommitAsync(Ct);
            // And nobody publishes the new one.
        }

        await Until.TrueAsync(async () => await PublishedAsync(bob.Id) == 2, "the version is published", Ct);
        Assert.True(Assert.Single((await ReadAsync(bob.Id, post)).Marks).Bookmarked);
        await Until.TrueAsync(async () => await app.CountAsync("SELECT count(*) FROM marks_versions WHERE user_id = $1 AND unpublished_since IS NOT NULL", Ct, bob.Id.Value) == 0, "it is noted", Ct);
    }

    private async Task<MarksResponse> ReadAsync(UserId viewer, params PostId[] posts)
    {
        using var client = app.InternalClient();
        using var answer = await client.PostAsJsonAsync($"/internal/viewers/{viewer}/marks", new MarksRequest(posts), PulseJson.Options, Ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<MarksResponse>(PulseJson.Options, Ct))!;
    }

    private async Task<long?> PublishedAsync(UserId viewer) =>
        (string?)await app.Cache.StringGetAsync(PostKeys.MarksVersion(viewer)) is { } version ? long.Parse(version, CultureInfo.InvariantCulture) : null;

    private sealed class RememberingReader(MarksTests tests, UserId viewer, PostId post)
    {
        private volatile MarksResponse? _known;

        public async Task<PostMarks> ReadAsync()
        {
            var version = await tests.PublishedAsync(viewer);
            var known = _known;
            if (known is null || known.Version != version) _known = known = await tests.ReadAsync(viewer, post);
            return known.Marks.SingleOrDefault() ?? new PostMarks(post);
        }
    }
}
