using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Keys;

namespace Pulse.FanoutWorker.Tests.Planning;

public sealed class PullTests(FanoutApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PullAuthors PullAuthors => app.Services.GetRequiredService<PullAuthors>();

    [Fact]
    [Trait("Invariant", "22")]
    public async Task PostPublished_AtTheLimit_GoesToTheTailAndToNoHomeList()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        await app.AddFollowersAsync(author, FanoutApp.Limit - 1, Ct);
        await app.HandleAsync(app.NewFollow(reader, author), Ct);
        await app.WarmAsync(reader, Ct);
        await app.WarmAsync(author, Ct);
        await app.WarmAsync(TimelineKeys.Pull(author), Ct);

        var post = await app.PostAsync(author, Ct);

        Assert.Equal(post.Value, Assert.Single((await app.ListAsync(TimelineKeys.Pull(author), Ct)).Ids));
        Assert.Empty((await app.HomeAsync(reader, Ct)).Ids);
        Assert.Empty((await app.HomeAsync(author, Ct)).Ids);
        var set = await PullAuthors.LoadAsync(Ct);
        Assert.Contains(author, set.Authors);
        Assert.True((long)await app.Cache.StringGetAsync(TimelineKeys.Pullers) >= set.Version - 1);
        Assert.Equal(new RecordedPost(FanoutMode.Pull, Deleted: false), await app.AuthorPosts.FindAsync(author, post, Ct));
    }

    [Fact]
    [Trait("Invariant", "24")]
    public async Task PostPublished_NobodyReadsTheTail_MakesNone()
    {
        var author = app.NewUser();
        await app.AddFollowersAsync(author, FanoutApp.Limit, Ct);

        await app.PostAsync(author, Ct);

        Assert.False(await app.Cache.KeyExistsAsync(TimelineKeys.Pull(author)));
    }

    [Fact]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "22")]
    public async Task PostPublished_RedeliveredAfterTheAuthorGrew_StaysPushed()
    {
        var author = app.NewUser();
        await app.WarmAsync(author, Ct);
        await app.WarmAsync(TimelineKeys.Pull(author), Ct);
        var first = app.NewPost(author);
        await app.HandleAsync(first, Ct);

        await app.AddFollowersAsync(author, FanoutApp.Limit, Ct);
        await app.HandleAsync(first, Ct);
        var second = await app.PostAsync(author, Ct);

        Assert.Equal(first.PostId.Value, Assert.Single((await app.HomeAsync(author, Ct)).Ids));
        Assert.Equal(second.Value, Assert.Single((await app.ListAsync(TimelineKeys.Pull(author), Ct)).Ids));
    }

    [Fact]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "22")]
    public async Task PostPublished_RedeliveredAfterTheAuthorShrank_StaysPulled()
    {
        var author = app.NewUser();
        await app.AddFollowersAsync(author, FanoutApp.Limit, Ct);
        await app.WarmAsync(author, Ct);
        await app.WarmAsync(TimelineKeys.Pull(author), Ct);
        var first = app.NewPost(author);
        await app.HandleAsync(first, Ct);

        await app.RemoveFollowersAsync(author, above: 2, Ct);
        await app.HandleAsync(first, Ct);
        var second = await app.PostAsync(author, Ct);

        Assert.Equal(first.PostId.Value, Assert.Single((await app.ListAsync(TimelineKeys.Pull(author), Ct)).Ids));
        Assert.Equal(second.Value, Assert.Single((await app.HomeAsync(author, Ct)).Ids));
    }

    [Fact]
    [Trait("Invariant", "22")]
    public async Task PostPublished_BetweenNineTenthsAndTheLimit_KeepsTheModeOfTheLastPost()
    {
        var author = app.NewUser();
        await app.AddFollowersAsync(author, FanoutApp.Limit - 1, Ct);
        Assert.Equal(FanoutMode.Push, await ModeOfNextAsync(author));

        await app.AddFollowersAsync(author, FanoutApp.Limit, Ct);
        Assert.Equal(FanoutMode.Pull, await ModeOfNextAsync(author));

        await app.RemoveFollowersAsync(author, above: FanoutApp.Limit - 1, Ct);
        Assert.Equal(FanoutMode.Pull, await ModeOfNextAsync(author));

        await app.RemoveFollowersAsync(author, above: FanoutApp.Limit - 2, Ct);
        Assert.Equal(FanoutMode.Push, await ModeOfNextAsync(author));
    }

    [Fact]
    [Trait("Invariant", "19")]
    [Trait("Invariant", "22")]
    public async Task PostPublished_FirstAttemptDiedBeforeTheVersion_TheRedeliveryRaisesIt()
    {
        var author = app.NewUser();
        await app.AddFollowersAsync(author, FanoutApp.Limit, Ct);
        var post = app.NewPost(author);
        // What the first attempt got done.
        await app.AuthorPosts.RecordAsync(author, post.PostId, FanoutMode.Pull, Ct);
        var version = await PullAuthors.AddAsync(author, Ct);

        await app.HandleAsync(post, Ct);

        Assert.True((long)await app.Cache.StringGetAsync(TimelineKeys.Pullers) >= version);
    }

    private async Task<FanoutMode> ModeOfNextAsync(UserId author) =>
        (await app.AuthorPosts.FindAsync(author, await app.PostAsync(author, Ct), Ct))!.Mode;
}
