using System.Net;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Internal;

namespace Pulse.UserService.Tests.Hosting;

/// <summary>Answers for PostService, or is away.</summary>
public sealed class PostServiceStub : HttpMessageHandler
{
    public const long PostsCount = 7;

    public bool IsAway { get; set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        IsAway
            ? throw new HttpRequestException("Connection refused")
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(new AuthorSummary(PostsCount), options: PulseJson.Options) });
}
