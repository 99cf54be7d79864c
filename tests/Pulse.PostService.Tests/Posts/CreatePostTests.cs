using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

public sealed class CreatePostTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Valid_AnswersThePostWhereItStands()
    {
        var alice = app.NewUser("alice");

        using var answer = await alice.PostAsync(new { content = "Hello, wörld 👋", visibility = "followers" }, Ct);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var post = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        var id = post.GetProperty("id").GetString()!;
        Assert.Equal($"/v1/posts/{id}", answer.Headers.Location?.OriginalString);
        Assert.Equal("Hello, wörld 👋", post.GetProperty("content").GetString());
        Assert.Equal("followers", post.GetProperty("visibility").GetString());
        Assert.Equal(alice.Id.ToString(), post.GetProperty("author").GetProperty("id").GetString());
        Assert.Equal("alice", post.GetProperty("author").GetProperty("username").GetString());
        Assert.Equal("Display of alice", post.GetProperty("author").GetProperty("display_name").GetString());
        Assert.Equal(Snowflake.TimeOf(long.Parse(id)), post.GetProperty("created_at").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, post.GetProperty("edited_at").ValueKind);

        using var shown = await alice.Client.GetAsync(answer.Headers.Location, Ct);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal(await answer.Content.ReadAsStringAsync(Ct), await shown.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Create_OldFieldNames_AreUnderstood()
    {
        var alice = app.NewUser();

        using var answer = await alice.PostAsync(new { text = "old", vis = "followers", media_refs = Array.Empty<string>() }, Ct);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var post = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("old", post.GetProperty("content").GetString());
        Assert.Equal("followers", post.GetProperty("visibility").GetString());
    }

    [Fact]
    public async Task Create_Valid_WritesRowEventSnapshotAndSelfTail()
    {
        var alice = app.NewUser();

        var first = await alice.PublishAsync("first", Ct);
        var second = await alice.PublishAsync("second", Ct);

        await using var command = app.Database.CreateCommand("SELECT created_at, visibility FROM posts WHERE id = $1");
        command.Parameters.Add(new() { Value = second.Value });
        await using var reader = await command.ExecuteReaderAsync(Ct);
        Assert.True(await reader.ReadAsync(Ct));
        Assert.Equal(Snowflake.TimeOf(second.Value), reader.GetFieldValue<DateTimeOffset>(0));
        Assert.Equal((short)PostVisibility.Public, reader.GetInt16(1));

        var written = Assert.Single(await app.EventsAsync(PostPublished.Type, second, Ct)).GetProperty("data").Deserialize<PostPublished>(PulseJson.Options);
        Assert.Equal(new PostPublished(second, alice.Id, PostVisibility.Public, Snowflake.TimeOf(second.Value)), written);

        var self = await app.Cache.ListRangeAsync(PostKeys.Self(alice.Id));
        Assert.Equal([second.Value, first.Value], self.Select(value => Snowflake.FromBytes((byte[]?)value)));
        Assert.InRange((await app.Cache.KeyTimeToLiveAsync(PostKeys.Self(alice.Id)))!.Value, PostKeys.SelfLifetime - TimeSpan.FromMinutes(1), PostKeys.SelfLifetime);

        var snapshot = PostSnapshot.Decode((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(second)));
        Assert.Equal(new PostSnapshot(second, alice.Id, "second", PostVisibility.Public, Snowflake.TimeOf(second.Value)), snapshot);
        Assert.InRange((await app.Cache.KeyTimeToLiveAsync(PostKeys.Snapshot(second)))!.Value, PostKeys.SnapshotLifetime - TimeSpan.FromMinutes(1), PostKeys.SnapshotLifetime);
    }

    [Fact]
    public async Task Create_Valid_IsPublishedToTheTopicInTheTraceOfTheRequest()
    {
        var alice = app.NewUser();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(new { content = "traced" }) };
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var answer = await alice.Client.SendAsync(request, Ct);

        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
        await Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Body.Contains(id, StringComparison.Ordinal)), "the event is published", Ct);
        var (topic, message) = app.Bus.Published.First(entry => entry.Message.Body.Contains(id, StringComparison.Ordinal));
        Assert.Equal(Topics.PostEvents, topic);
        Assert.Equal(PostPublished.Type, message.Type);
        Assert.Equal(alice.Id.ToString(), message.GroupKey);
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", message.TraceParent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ManyPosts_SelfTailKeepsTheNewest()
    {
        var alice = app.NewUser();
        List<long> ids = [];
        for (var i = 0; i <= PostKeys.SelfCapacity; i++) ids.Add((await alice.PublishAsync("again", Ct)).Value);

        var self = await app.Cache.ListRangeAsync(PostKeys.Self(alice.Id));

        Assert.Equal(ids.AsEnumerable().Reverse().Take(PostKeys.SelfCapacity), self.Select(value => Snowflake.FromBytes((byte[]?)value)));
    }

    [Fact]
    [Trait("Invariant", "13")]
    public async Task Create_ReplyToAPostOfAClockAhead_HasTheGreaterId()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        // Minted by a node whose clock is ten minutes ahead.
        var parent = new PostId(Snowflake.FirstAt(TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(10)));
        await InsertAsync(parent, alice.Id, PostVisibility.Public);

        using var answer = await bob.PostAsync(new { content = "a reply", in_reply_to = parent.ToString() }, Ct);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var reply = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(parent.ToString(), reply.GetProperty("in_reply_to").GetString());
        var id = PostId.Parse(reply.GetProperty("id").GetString()!, provider: null);
        Assert.True(id > parent);
        // By what the snapshot tells, a reader who follows both is shown the parent even before its delivery.
        var snapshot = PostSnapshot.Decode((byte[])(await app.Cache.StringGetAsync(PostKeys.Snapshot(id)))!);
        Assert.Equal((parent, alice.Id), (snapshot.InReplyTo, snapshot.InReplyToAuthorId));
    }

    [Fact]
    public async Task Create_ReplyToWhatTheAuthorMayNotSee_IsRefused()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var hidden = await alice.PublishAsync("for followers", Ct, "followers");
        var deleted = await alice.PublishAsync("soon gone", Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{deleted}", UriKind.Relative), Ct)).Dispose();

        foreach (var parent in (string[])[hidden.ToString(), deleted.ToString(), "42"])
        {
            using var refused = await bob.PostAsync(new { content = "a reply", in_reply_to = parent }, Ct);
            await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "in_reply_to");
        }

        app.Users.Follow(bob.Id, alice.Id);
        using var taken = await bob.PostAsync(new { content = "a reply", in_reply_to = hidden.ToString() }, Ct);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("👨‍👩‍👧‍👦")]
    [InlineData("e\u0301\u0323")]
    [InlineData("🇩🇪")]
    [InlineData("👩🏽‍🚀")]
    public async Task Create_500Clusters_IsTakenAnd501Refused(string cluster)
    {
        var alice = app.NewUser();

        using var taken = await alice.PostAsync(new { content = string.Concat(Enumerable.Repeat(cluster, 500)) }, Ct);
        using var refused = await alice.PostAsync(new { content = string.Concat(Enumerable.Repeat(cluster, 501)) }, Ct);

        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        var post = await taken.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(string.Concat(Enumerable.Repeat(cluster, 500)), post.GetProperty("content").GetString());
        await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "content");
    }

    private async Task InsertAsync(PostId id, UserId author, PostVisibility visibility)
    {
        await using var command = app.Database.CreateCommand("INSERT INTO posts (id, author_id, content, visibility, created_at) VALUES ($1, $2, 'x', $3, $4)");
        command.Parameters.Add(new() { Value = id.Value });
        command.Parameters.Add(new() { Value = author.Value });
        command.Parameters.Add(new() { Value = (short)visibility });
        command.Parameters.Add(new() { Value = Snowflake.TimeOf(id.Value) });
        await command.ExecuteNonQueryAsync(Ct);
    }
}
