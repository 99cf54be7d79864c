using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.Engine.Tests.Engine;

/// <summary>Leads the reader's internal calls to the fakes.</summary>
internal sealed class OtherServices(FakeUserService users, FakePostService posts) : IHttpClientFactory
{
    private static readonly Uri Anywhere = new("http://others.test");

    private readonly HttpMessageHandler _users = users.Handler();
    private readonly HttpMessageHandler _posts = posts.Handler();

    public HttpClient CreateClient(string name) => new(name == PostClient.Client ? _posts : _users, disposeHandler: false) { BaseAddress = Anywhere };
}
