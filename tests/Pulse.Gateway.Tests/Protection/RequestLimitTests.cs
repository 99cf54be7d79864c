using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Protection;

public sealed class RequestLimitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Target_LargestCursorOfAFeed_IsPassedOn()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        var cursor = new FeedCursor(new PostId(long.MaxValue - 1), new PostId(long.MaxValue)) { Owed = Below(FeedCursor.MaxOwed), Shown = Below(FeedCursor.MaxShown) }.Encode();

        using var answer = await gateway.SendAsync("GET", $"/v1/feed?limit=100&rank=latest&cursor={cursor}", Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(cursor, gateway.Timelines.Requests.Last().Target, StringComparison.Ordinal);

        static PostId[] Below(int count) => [.. Enumerable.Range(2, count).Select(number => new PostId(long.MaxValue - number))];
    }

    [Theory]
    [InlineData(6_100, HttpStatusCode.OK, true)]
    [InlineData(6_200, HttpStatusCode.RequestUriTooLong, true)]
    [InlineData(15_000, HttpStatusCode.RequestUriTooLong, true)]
    [InlineData(40_000, HttpStatusCode.RequestUriTooLong, false)]
    public async Task Target_TooLong_Is414AndAProblemUnlessFarBeyond(int length, HttpStatusCode expected, bool hasBody)
    {
        await using var gateway = await GatewayApp.StartAsync([]);

        using var response = await gateway.SendAsync("GET", "/v1/feed?x=" + new string('x', length), Ct);

        await AssertAsync(response, expected, hasBody);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, gateway.Timelines.Requests.Count);
    }

    [Theory]
    [InlineData(50, 10, HttpStatusCode.OK, true)]
    [InlineData(70, 10, HttpStatusCode.RequestHeaderFieldsTooLarge, true)]
    [InlineData(300, 10, HttpStatusCode.RequestHeaderFieldsTooLarge, false)]
    [InlineData(2, 7_000, HttpStatusCode.OK, true)]
    [InlineData(2, 9_000, HttpStatusCode.RequestHeaderFieldsTooLarge, true)]
    [InlineData(2, 40_000, HttpStatusCode.RequestHeaderFieldsTooLarge, false)]
    public async Task Headers_TooManyOrTooLong_Are431AndAProblemUnlessFarBeyond(int count, int length, HttpStatusCode expected, bool hasBody)
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/42");
        for (var i = 0; i < count; i++) request.Headers.Add($"X-Filler-{i}", new string('x', length));

        using var response = await gateway.Client.SendAsync(request, Ct);

        await AssertAsync(response, expected, hasBody);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, gateway.Users.Requests.Count);
    }

    [Theory]
    [InlineData("BodyGraceSeconds", "1.1")]
    [InlineData("CallSeconds", "0.5")]
    public async Task Body_TooSlow_Is408(string limit, string seconds)
    {
        await using var gateway = await GatewayApp.StartAsync([($"RequestLimits:{limit}", seconds)]);
        using var socket = new TcpClient();
        await socket.ConnectAsync(gateway.Address.Host, gateway.Address.Port, Ct);
        await using var stream = socket.GetStream();
        var head = $"POST /v1/auth/login HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{";

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Ct);

        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 408 ", await reader.ReadLineAsync(Ct), StringComparison.Ordinal);
        List<string?> headers = [];
        while (await reader.ReadLineAsync(Ct) is { Length: > 0 } header) headers.Add(header);
        Assert.Contains("Content-Type: application/problem+json", headers);
        Assert.Contains("Connection: close", headers);
        Assert.Empty(gateway.Users.Requests);
    }

    [Fact]
    public async Task Connections_AboveTheCap_AreClosedUnanswered()
    {
        await using var gateway = await GatewayApp.StartAsync([("RequestLimits:MaxConnections", "2")]);
        using var first = new TcpClient();
        using var second = new TcpClient();
        foreach (var open in (TcpClient[])[first, second])
        {
            await open.ConnectAsync(gateway.Address.Host, gateway.Address.Port, Ct);
            await open.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /alive HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n\r\n"), Ct);
            Assert.Equal('H', (char)open.GetStream().ReadByte());
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => gateway.Client.GetAsync("/alive", Ct));

        first.Close();
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    using var answer = await gateway.Client.GetAsync("/alive", Ct);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "there is room for another connection",
            Ct);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_TakesTooLongAltogether_EndsWith504OrBrokenOff(bool hasBegun)
    {
        await using var gateway = await GatewayApp.StartAsync([("RequestLimits:CallSeconds", "0.5")]);
        // Never silent for long: no other limit ends it.
        gateway.Timelines.Answer = async context =>
        {
            if (hasBegun) await context.Response.WriteAsync("[");
            if (hasBegun) await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        if (hasBegun)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => gateway.SendAsync("GET", "/v1/feed", Ct));
        }
        else
        {
            using var response = await gateway.SendAsync("GET", "/v1/feed", Ct);
            await ProblemJson.AssertAsync(response, HttpStatusCode.GatewayTimeout, Ct);
        }
    }

    [Fact]
    public async Task Stream_OpenForLong_HasNoSuchLimit()
    {
        await using var gateway = await GatewayApp.StartAsync([("RequestLimits:CallSeconds", "0.5")]);
        var (begun, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        gateway.Timelines.Answer = async context =>
        {
            if (context.Request.Path != "/v1/feed/stream") await Task.Delay(Timeout.Infinite, context.RequestAborted);
            await context.Response.WriteAsync(":\n");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await goOn.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(":\n");
        };

        var stream = gateway.SendAsync("GET", "/v1/feed/stream", Ct);
        await begun.Task.WaitAsync(Ct);
        // A call that began after it has had all the time there is.
        using (var other = await gateway.SendAsync("GET", "/v1/feed", Ct)) await ProblemJson.AssertAsync(other, HttpStatusCode.GatewayTimeout, Ct);
        goOn.SetResult();

        using var response = await stream;
        Assert.Equal(":\n:\n", await response.Content.ReadAsStringAsync(Ct));
    }

    private static async Task AssertAsync(HttpResponseMessage response, HttpStatusCode expected, bool hasBody)
    {
        Assert.True(expected == response.StatusCode, response.StatusCode.ToString());
        if (expected == HttpStatusCode.OK) return;
        if (hasBody) await ProblemJson.AssertAsync(response, expected, Ct);
        else Assert.Equal("", await response.Content.ReadAsStringAsync(Ct));
        if (hasBody) Assert.True(int.Parse(Assert.Single(response.Headers.GetValues("X-RateLimit-Remaining")), CultureInfo.InvariantCulture) > 0);
    }
}
