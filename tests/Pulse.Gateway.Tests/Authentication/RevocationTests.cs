using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Authentication;

public sealed class RevocationTests : IAsyncLifetime
{
    private readonly List<Revocation> _log = [];
    private GatewayApp _gateway = null!;
    private volatile bool _isAway;
    private long _lastId;

    private const string Beat = ": beat\n\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayApp.StartAsync([]);
        _gateway.Users.Revocations = AnswerAsync;
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Session_Revoked_IsRefusedAndOthersAreNot()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(session: 41));
        var before = _gateway.Timelines.Requests.Count;

        Revoke(session: 41);

        await Until.TrueAsync(async () => await StatusAsync(session: 41) == HttpStatusCode.Unauthorized, "the session is refused", Ct);
        using var refused = await SendAsync("/v1/feed", session: 41);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.Unauthorized, Ct);
        Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var after = _gateway.Timelines.Requests.Count;
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(session: 41));
        Assert.Equal(after, _gateway.Timelines.Requests.Count);
        Assert.True(after >= before);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(session: 42));
    }

    [Fact]
    public async Task Session_RevokedBeforeItsTokenWasEverSeen_IsRefused()
    {
        Revoke(session: 43);
        await Until.TrueAsync(async () => await StatusAsync(session: 43) == HttpStatusCode.Unauthorized, "the session is refused", Ct);

        // A token that is new to the gateway goes the way of validation, and not that of the cache.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(session: 43, user: 8));
    }

    [Fact]
    public async Task User_Revoked_IsRefusedUntilANewLogin()
    {
        var before = TokenOf(session: 50, user: 9);
        Revoke(user: 9);
        await Until.TrueAsync(async () => await StatusAsync(before) == HttpStatusCode.Unauthorized, "he is refused", Ct);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(session: 51, user: 10));
        // Issued after it, as soon as another second has begun.
        await Until.TrueAsync(async () => await StatusAsync(session: 52, user: 9) == HttpStatusCode.OK, "a new login is good", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(before));
    }

    [Fact]
    public async Task User_LogsInInTheSecondOfTheRevocation_IsLetIn()
    {
        // Whatever the clock shows, the tokens of this test are issued in the second of the revocation or before.
        var at = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(30);
        Revoke(user: 11, at: at);
        await Until.TrueAsync(async () => await StatusAsync(session: 53, user: 11) == HttpStatusCode.Unauthorized, "he is refused", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Snowflake.FirstAt(at), user: 11));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Snowflake.FirstAt(at + TimeSpan.FromMilliseconds(1)), user: 11));
    }

    [Fact]
    public async Task OpenCall_RevokedToken_IsAnsweredAsToAStranger()
    {
        Revoke(session: 44);
        await Until.TrueAsync(async () => await StatusAsync(session: 44) == HttpStatusCode.Unauthorized, "the session is refused", Ct);

        using var answer = await SendAsync("/v1/posts/1", session: 44);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("Authorization", _gateway.Posts.Requests.Last().Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Stream_ItsSessionIsRevoked_IsCutAndOthersGoOn()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gateway.Timelines.Answer = async context =>
        {
            await BeatAsync(context);
            await goOn.Task.WaitAsync(context.RequestAborted);
            await BeatAsync(context);
        };
        using var mine = await OpenAsync(session: 45);
        using var other = await OpenAsync(session: 46);
        await using var myStream = await mine.Content.ReadAsStreamAsync(Ct);

        Revoke(session: 45);

        await Assert.ThrowsAnyAsync<IOException>(() => DrainAsync(myStream));
        goOn.SetResult();
        Assert.Equal(Beat + Beat, await other.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task UserService_Away_WhatIsKnownStaysAndNewsComeAfterwards()
    {
        Revoke(session: 47);
        await Until.TrueAsync(async () => await StatusAsync(session: 47) == HttpStatusCode.Unauthorized, "the session is refused", Ct);
        var polls = 0;
        _gateway.Users.Revocations = context =>
        {
            Interlocked.Increment(ref polls);
            return AnswerAsync(context);
        };

        _isAway = true;
        Revoke(session: 48);
        await Until.TrueAsync(() => Volatile.Read(ref polls) >= 2, "it was asked in vain", Ct);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await StatusAsync(session: 47), await StatusAsync(session: 48)));
        _isAway = false;
        await Until.TrueAsync(async () => await StatusAsync(session: 48) == HttpStatusCode.Unauthorized, "the news came", Ct);
    }

    [Fact]
    public async Task Log_BeginsAnew_IsReadFromItsBeginning()
    {
        Volatile.Write(ref _lastId, 1000);
        Revoke(session: 60);
        await Until.TrueAsync(async () => await StatusAsync(session: 60) == HttpStatusCode.Unauthorized, "the session is refused", Ct);

        lock (_log) _log.Clear();
        Volatile.Write(ref _lastId, 0);
        Revoke(session: 61);

        await Until.TrueAsync(async () => await StatusAsync(session: 61) == HttpStatusCode.Unauthorized, "the new log is read", Ct);
    }

    private static async Task BeatAsync(HttpContext context)
    {
        await context.Response.WriteAsync(Beat);
        await context.Response.Body.FlushAsync();
    }

    private static async Task DrainAsync(Stream stream)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer, patience.Token) > 0)
        {
            // Until it breaks.
        }

        Assert.Fail("The stream ended in order.");
    }

    private void Revoke(long? session = null, long? user = null, DateTimeOffset? at = null)
    {
        var since = at ?? TimeProvider.System.GetUtcNow();
        lock (_log) _log.Add(new Revocation(Interlocked.Increment(ref _lastId), session, user is { } id ? new UserId(id) : null, since, since + TimeSpan.FromMinutes(16)));
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (_isAway)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        var after = long.Parse(context.Request.Query["after"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
        List<Revocation> rows;
        lock (_log) rows = [.. _log.Where(row => row.Id > after)];
        return context.Response.WriteAsync(JsonSerializer.Serialize(new RevocationPage(Volatile.Read(ref _lastId), rows), PulseJson.Options));
    }

    private string TokenOf(long session, long user = 7) => _gateway.Tokens.For(new UserId(user), "user" + user, session);

    private Task<HttpStatusCode> StatusAsync(long session, long user = 7) => StatusAsync(TokenOf(session, user));

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var answer = await SendAsync("/v1/feed", token);
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> OpenAsync(long session) => SendAsync("/v1/feed/stream", session);

    private Task<HttpResponseMessage> SendAsync(string path, long session) => SendAsync(path, TokenOf(session));

    private Task<HttpResponseMessage> SendAsync(string path, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }
}
