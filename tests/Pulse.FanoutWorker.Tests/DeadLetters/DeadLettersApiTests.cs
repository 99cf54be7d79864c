using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Messaging.Publishing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.FanoutWorker.Tests.DeadLetters;

/// <summary>What <c>./pulse dlq</c> asks of the worker.</summary>
public sealed class DeadLettersApiTests(FanoutApp shared)
{
    private const string Body = """{"id": "1", "type": "post.published", "schema": 1, "occurred_at": "2026-11-20T10:00:00.000Z", "data": {"post_id": "x"}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "19")]
    public async Task DeadLetters_PoisonMessages_AreListedShownAndReplayed()
    {
        await using var app = await FanoutApp.CreateAsync();
        using var client = Operator(app);
        Assert.Equal((0, 0), await CountsAsync(client));

        await app.Bus.PublishAsync(
            Topics.PostEvents,
            [new OutboundMessage(1, PostPublished.Type, "7", Body, TraceParent: null), new OutboundMessage(2, PostPublished.Type, "7", "no event at all", TraceParent: null)],
            Ct);
        await Until.TrueAsync(async () => await CountsAsync(client) == (2, 0), "both are dead letters", Ct);

        var page = await client.GetFromJsonAsync<JsonElement>("/internal/dead-letters/fanout", Ct);
        Assert.Equal("pulse-fanout", page.GetProperty("queue").GetString());
        var messages = page.GetProperty("messages").EnumerateArray().ToDictionary(message => message.GetProperty("id").GetString()!);
        Assert.Equal(Body, messages["1"].GetProperty("body").GetString());
        Assert.Equal(PostPublished.Type, messages["1"].GetProperty("type").GetString());
        Assert.Equal("2026-11-20T10:00:00.000Z", messages["1"].GetProperty("occurred_at").GetString());
        Assert.Equal(JsonValueKind.Null, messages["2"].GetProperty("occurred_at").ValueKind);

        // They are poison still, so they die once more.
        using var answer = await client.PostAsync(new Uri("/internal/dead-letters/pulse-fanout/replay", UriKind.Relative), content: null, Ct);
        var replay = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal((2, 0), (replay.GetProperty("replayed").GetInt32(), replay.GetProperty("failed").GetInt32()));
        await Until.TrueAsync(async () => await CountsAsync(client) == (2, 0), "both are dead letters again", Ct);
    }

    [Theory]
    [InlineData("GET", "/internal/dead-letters/nobody")]
    [InlineData("POST", "/internal/dead-letters/nobody/replay")]
    public async Task DeadLetters_UnknownQueue_Is404ThatNamesTheQueues(string method, string path)
    {
        using var client = Operator(shared);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request, Ct);

        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no queue named nobody; there are pulse-fanout, pulse-graph, pulse-notifications.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_LimitOutOfRange_Is400()
    {
        using var client = Operator(shared);
        using var answer = await client.GetAsync(new Uri("/internal/dead-letters/fanout?limit=0", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct);
    }

    [Fact]
    public async Task List_NoServiceKey_Is401()
    {
        using var client = shared.CreateClient();
        using var answer = await client.GetAsync(new Uri("/internal/dead-letters", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.Unauthorized, Ct);
    }

    private static HttpClient Operator(FanoutApp app)
    {
        var client = app.CreateClient();
        client.DefaultRequestHeaders.Add(ServiceKeyOptions.Header, "service-key-of-the-tests");
        return client;
    }

    private static async Task<(int Fanout, int Graph)> CountsAsync(HttpClient client)
    {
        var list = await client.GetFromJsonAsync<JsonElement>("/internal/dead-letters", Ct);
        var counts = list.GetProperty("queues").EnumerateArray().ToDictionary(queue => queue.GetProperty("queue").GetString()!, queue => queue.GetProperty("count").GetInt32());
        return (counts["pulse-fanout"], counts["pulse-graph"]);
    }
}
