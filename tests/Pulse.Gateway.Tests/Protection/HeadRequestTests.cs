using System.Net;
using Microsoft.AspNetCore.Http;
using Pulse.Gateway.Tests.Hosting;

namespace Pulse.Gateway.Tests.Protection;

public sealed class HeadRequestTests(GatewayApp gateway) : IClassFixture<GatewayApp>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/feed")]
    [InlineData("/timeline")]
    [InlineData("/v1/users/42")]
    [InlineData("/v1/nothing")]
    [InlineData("/system/health")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/index.html")]
    [InlineData("/health")]
    [InlineData("/")]
    public async Task Head_OfAnyGet_IsTheSameAnswerWithoutABody(string path)
    {
        using var get = await gateway.SendAsync("GET", path, Ct);
        using var head = await gateway.SendAsync("HEAD", path, Ct);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Headers.Location, head.Headers.Location);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
        // On the wire too: the connection goes on with the next answer.
        var (_, text) = await RawHttp.SendAsync(gateway.Address, $"HEAD {path}", Ct, $"Authorization: Bearer {gateway.TokenFor(7)}");
        Assert.EndsWith("\r\n\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/posts")]
    [InlineData("/v1/feed/stream")]
    [InlineData("/V1/feed/stream/")]
    public async Task Head_OfAWriteOrAStream_Is405(string path)
    {
        using var response = await gateway.SendAsync("HEAD", path, Ct);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Head_Forwarded_IsAGetForTheService()
    {
        await using var app = await GatewayApp.StartAsync([]);
        app.Timelines.Answer = context => context.Response.WriteAsync(new string('x', 100_000));

        using var head = await app.SendAsync("HEAD", "/v1/feed", Ct);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("GET", app.Timelines.Requests.Single().Method);
    }
}
