using Pulse.Timelines.Data;

namespace Pulse.Timelines.Tests.Data;

public sealed class PullAuthorsTests(TimelineSlice slice)
{
    private readonly PullAuthors _authors = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "22")]
    public async Task AddAsync_NewAuthor_RaisesTheVersion()
    {
        var before = (await _authors.LoadAsync(Ct)).Version;
        var author = slice.NewUser();

        var version = await _authors.AddAsync(author, Ct);

        Assert.True(version > before);
        var set = await _authors.LoadAsync(Ct);
        Assert.Contains(author, set.Authors);
        Assert.True(set.Version >= version);
    }

    [Fact]
    [Trait("Invariant", "22")]
    public async Task AddAsync_SameAuthorAtOnce_EveryAnswerIsAVersionWithHim()
    {
        for (var round = 0; round < 40; round++)
        {
            var author = slice.NewUser();
            var before = (await _authors.LoadAsync(Ct)).Version;

            var versions = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _authors.AddAsync(author, Ct)));

            Assert.All(versions, version => Assert.True(version > before, $"Version {version} was there before the author."));
        }
    }

    [Fact]
    [Trait("Invariant", "22")]
    public async Task AddAsync_DifferentAuthorsAtOnce_GetDifferentVersions()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _authors.AddAsync(slice.NewUser(), Ct)));

        Assert.Equal(20, versions.Distinct().Count());
    }
}
