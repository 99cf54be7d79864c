using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pulse.ServiceDefaults.Authentication;

namespace Pulse.TimelineService.Tests.Refilling;

/// <summary>What an operator does, and what happens to his tables.</summary>
internal static class RefillCalls
{
    /// <summary>Every table of timelinedb.</summary>
    internal const string Everything = "follow_edges, block_edges, mute_edges, authors, author_posts, pull_authors, pull_authors_version";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static HttpClient Operator(this FeedApp app)
    {
        var client = app.Client(token: null);
        client.DefaultRequestHeaders.Add(ServiceKeyOptions.Header, "service-key-of-the-tests");
        return client;
    }

    internal static async Task RefillAsync(this FeedApp app)
    {
        using var client = app.Operator();
        using var answer = await client.PostAsync(new Uri("/internal/timelines/refill", UriKind.Relative), content: null, Ct);
        var lines = (await answer.Content.ReadAsStringAsync(Ct)).TrimEnd().Split('\n');
        Assert.True(lines[^1].StartsWith('✓'), string.Join('\n', lines));
    }

    internal static async Task ExecuteAsync(this FeedApp app, string sql)
    {
        await using var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }

    internal static async Task<long> ScalarAsync(this FeedApp app, string sql)
    {
        await using var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
