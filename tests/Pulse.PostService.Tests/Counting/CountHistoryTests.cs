using System.Net;
using Pulse.Contracts.Ids;
using Pulse.PostService.Tests.Engagement;

namespace Pulse.PostService.Tests.Counting;

/// <summary>Likes, reposts, bookmarks, replies and deletes in random order, and what an oracle in memory makes of them.</summary>
public sealed class CountHistoryTests(PostsApp app)
{
    private const int Users = 4;
    private const int Steps = 120;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Invariant", "28")]
    public async Task Counts_RandomHistory_AreTheOracles(int seed)
    {
        var random = new Random(seed);
        TestUser[] users = [.. Enumerable.Range(0, Users).Select(_ => app.NewUser())];
        List<Written> posts = [new(users[0], await users[0].PublishAsync("the first", Ct), Parent: null)];
        for (var step = 0; step < Steps; step++)
        {
            var (user, post) = (users[random.Next(Users)], posts[random.Next(posts.Count)]);
            // By its own id, or by that of somebody's repost of it.
            var named = post.Reposts.Count > 0 && random.Next(3) == 0 ? post.Reposts.Values.ElementAt(random.Next(post.Reposts.Count)) : post.Id;
            switch (random.Next(12))
            {
                case < 2:
                    await AnswersAsync(user, post, user.DoAsync("like", named, Ct), () => post.Likes.Add(user));
                    break;
                case < 4:
                    await AnswersAsync(user, post, user.UndoAsync("like", named, Ct), () => post.Likes.Remove(user));
                    break;
                case < 6:
                    var repost = await user.RepostAsync(named, Ct);
                    Assert.True(!post.Reposts.TryGetValue(user, out var before) || before == repost);
                    post.Reposts[user] = repost;
                    await AnswersAsync(user, post, user.DoAsync("repost", named, Ct), () => { });
                    break;
                case 6:
                    await AnswersAsync(user, post, user.UndoAsync("repost", named, Ct), () => post.Reposts.Remove(user));
                    break;
                case 7:
                    await AnswersAsync(user, post, user.DoAsync("bookmark", named, Ct), () => post.Bookmarks.Add(user));
                    break;
                case 8:
                    await AnswersAsync(user, post, user.UndoAsync("bookmark", named, Ct), () => post.Bookmarks.Remove(user));
                    break;
                case < 11:
                    posts.Add(new Written(user, await user.ReplyAsync(named, Ct), post));
                    post.Replies++;
                    break;
                case 11 when posts.Count > 1:
                    Assert.Equal(HttpStatusCode.NoContent, await post.Author.DeleteAsync(post.Id, Ct));
                    posts.Remove(post);
                    if (post.Parent is { } parent) parent.Replies--;
                    break;
            }
        }

        foreach (var post in posts)
        {
            foreach (var user in users) Assert.Equal((seed, post.Counts, post.MarksOf(user)), (seed, Counts.Of(await user.ShownAsync(post.Id, Ct)), Marks.Of(await user.ShownAsync(post.Id, Ct))));
            // All that readers are told a moment later.
            await app.PublishedUntilAsync(post.Id, post.Counts, Ct);
        }

        async Task AnswersAsync(TestUser user, Written post, Task<HttpResponseMessage> call, Action change)
        {
            var shown = await call.OkAsync(Ct);
            change();
            Assert.Equal((seed, post.Id.ToString(), post.Counts, post.MarksOf(user)), (seed, shown.GetProperty("id").GetString(), Counts.Of(shown), Marks.Of(shown)));
        }
    }

    private sealed record Written(TestUser Author, PostId Id, Written? Parent)
    {
        public HashSet<TestUser> Likes { get; } = [];

        public HashSet<TestUser> Bookmarks { get; } = [];

        /// <summary>The reposts by who made them.</summary>
        public Dictionary<TestUser, PostId> Reposts { get; } = [];

        public int Replies { get; set; }

        public Counts Counts => new(Likes.Count, Reposts.Count, Replies);

        public Marks MarksOf(TestUser user) => new(Likes.Contains(user), Reposts.ContainsKey(user), Bookmarks.Contains(user));
    }
}
