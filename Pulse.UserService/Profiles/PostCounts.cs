using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Profiles;

/// <summary>How many posts a user has, as PostService knows it; a profile without it is better than none.</summary>
internal sealed partial class PostCounts(IHttpClientFactory clients, ILogger<PostCounts> logger)
{
    internal const string Client = "posts";

    /// <summary>The number, or null while PostService is away.</summary>
    public async Task<long?> OfAsync(UserId author, CancellationToken ct)
    {
        try
        {
            using var client = clients.CreateClient(Client);
            return (await client.GetFromJsonAsync<AuthorSummary>($"/internal/authors/{author}/summary", PulseJson.Options, ct))?.PostsCount;
        }
        catch (Exception exception) when (exception is HttpRequestException || Outage.Is(exception))
        {
            LogUnknown(author, exception.Message);
            return null;
        }
    }

    [LoggerMessage(3301, LogLevel.Debug, "The number of posts of {Author} is not known now: {Reason}")]
    private partial void LogUnknown(UserId author, string reason);
}
