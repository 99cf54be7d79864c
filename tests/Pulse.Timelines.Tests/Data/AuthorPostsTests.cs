using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;

namespace Pulse.Timelines.Tests.Data;

public sealed class AuthorPostsTests(TimelineSlice slice)
{
    private readonly AuthorPosts _posts = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FanoutMode.Push, FanoutMode.Pull)]
    [InlineData(FanoutMode.Pull, FanoutMode.Push)]
    [Trait("Invariant", "22")]
    public async Task RecordAsync_Redelivered_KeepsTheModeOfTheFirst(FanoutMode first, FanoutMode second)
    {
        var (author, post) = (slice.NewUser(), slice.NewPost());

        Assert.Equal(new RecordedPost(first, Deleted: false), await _posts.RecordAsync(author, post, first, Ct));
        Assert.Equal(new RecordedPost(first, Deleted: false), await _posts.RecordAsync(author, post, second, Ct));

        Assert.Equal(new RecordedPost(first, Deleted: false), await _posts.FindAsync(author, post, Ct));
        Assert.Equal(new AuthorState(0, Pulled: first == FanoutMode.Pull), await _posts.AuthorAsync(author, Ct));
    }

    [Fact]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "22")]
    public async Task RecordAsync_DeliveredAtOnceWithBothModes_AllReadTheSame()
    {
        for (var round = 0; round < 20; round++)
        {
            var (author, post) = (slice.NewUser(), slice.NewPost());

            var recorded = await Task.WhenAll(Enumerable.Range(0, 6).Select(index => _posts.RecordAsync(author, post, (FanoutMode)(index % 2), Ct)));

            Assert.Single(recorded.Distinct());
            Assert.Equal(recorded[0], await _posts.FindAsync(author, post, Ct));
        }
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task RecordAsync_DeletedBefore_IsATombstone()
    {
        var (author, post) = (slice.NewUser(), slice.NewPost());
        await _posts.DeleteAsync(author, post, Ct);

        Assert.True((await _posts.RecordAsync(author, post, FanoutMode.Push, Ct)).Deleted);

        Assert.Empty(await _posts.OfAuthorAsync(author, FanoutMode.Push, 10, Ct));
    }

    [Theory]
    [InlineData(FanoutMode.Push)]
    [InlineData(FanoutMode.Pull)]
    [Trait("Invariant", "17")]
    public async Task DeleteAsync_RecordedBefore_IsInNoListAnyMore(FanoutMode mode)
    {
        var (author, post) = (slice.NewUser(), slice.NewPost());
        await _posts.RecordAsync(author, post, mode, Ct);

        await _posts.DeleteAsync(author, post, Ct);
        await _posts.DeleteAsync(author, post, Ct);

        Assert.True((await _posts.RecordAsync(author, post, mode, Ct)).Deleted);
        Assert.Empty(await _posts.OfAuthorAsync(author, mode, 10, Ct));
        Assert.Empty(await _posts.HomeAsync(author, 10, Ct));
        Assert.Empty(await _posts.BeforeAsync([author.Value], mode: null, long.MaxValue, 10, Ct));
    }

    [Fact]
    public async Task FindAsync_Unknown_IsNull() => Assert.Null(await _posts.FindAsync(slice.NewUser(), slice.NewPost(), Ct));

    [Fact]
    public async Task BeforeAsync_NoAuthors_IsEmpty() => Assert.Empty(await _posts.BeforeAsync([], mode: null, long.MaxValue, 10, Ct));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "21")]
    [Trait("Invariant", "22")]
    public async Task Queries_RandomData_EqualTheNaiveOracle(int seed)
    {
        var random = new Random(seed);
        var edges = new FollowEdges(slice.Database);
        UserId[] users = [.. Enumerable.Range(0, 6).Select(_ => slice.NewUser())];
        HashSet<(UserId Follower, UserId Followee)> follows = [];
        foreach (var follower in users)
        {
            foreach (var followee in users.Where(user => user != follower && random.Next(2) == 0))
            {
                await edges.ApplyAsync(new UserFollowed(follower, followee, Version: 1, DateTimeOffset.UnixEpoch), Ct);
                if (random.Next(4) == 0) await edges.ApplyAsync(new UserUnfollowed(follower, followee, Version: 2), Ct);
                else follows.Add((follower, followee));
            }
        }

        List<(UserId Author, long Id, FanoutMode Mode)> live = [];
        for (var made = 0; made < 150; made++)
        {
            var (author, post, mode) = (users[random.Next(users.Length)], slice.NewPost(), (FanoutMode)random.Next(2));
            await _posts.RecordAsync(author, post, mode, Ct);
            if (random.Next(5) == 0) await _posts.DeleteAsync(author, post, Ct);
            else live.Add((author, post.Value, mode));
        }

        foreach (var reader in users)
        {
            var limit = random.Next(1, 40);
            Assert.Equal(
                Newest(live.Where(post => post.Mode == FanoutMode.Push && (post.Author == reader || follows.Contains((reader, post.Author)))), limit),
                await _posts.HomeAsync(reader, limit, Ct));

            var authors = users.Where(_ => random.Next(2) == 0).ToArray();
            var before = live[random.Next(live.Count)].Id;
            foreach (var mode in (FanoutMode?[])[null, FanoutMode.Push, FanoutMode.Pull])
            {
                Assert.Equal(
                    Newest(live.Where(post => authors.Contains(post.Author) && post.Id < before && (mode is null || post.Mode == mode)), limit),
                    await _posts.BeforeAsync(Array.ConvertAll(authors, author => author.Value), mode, before, limit, Ct));
            }

            foreach (var mode in (FanoutMode[])[FanoutMode.Push, FanoutMode.Pull])
            {
                Assert.Equal(Newest(live.Where(post => post.Author == reader && post.Mode == mode), limit), await _posts.OfAuthorAsync(reader, mode, limit, Ct));
            }
        }
    }

    private static IEnumerable<long> Newest(IEnumerable<(UserId Author, long Id, FanoutMode Mode)> posts, int limit) =>
        posts.Select(post => post.Id).OrderDescending().Take(limit);
}
