using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.Gateway.Authentication;

/// <summary>
/// Follows UserService's log of revocations, every replica for itself. While UserService is away what is known stays; nobody can log
/// out then either, so nothing is missed.
/// </summary>
internal sealed partial class RevocationFollower(
    IHttpClientFactory clients, Revocations revocations, RunningRequests running, TimeProvider clock, ILogger<RevocationFollower> logger) : BackgroundService
{
    internal const string Client = "revocations";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _cursor;
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PollAsync(stoppingToken);
                if (_isAway) LogBack();
                _isAway = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it was, tokens go on being checked by what is known. Once per outage.
                if (!_isAway) LogAway(exception.GetBaseException().Message);
                _isAway = true;
            }

            // Also without news: a response may have begun after its token was revoked, before this process knew.
            revocations.Prune();
            if (running.Cut(revocations.IsRevoked) is > 0 and var cut) LogCut(cut);
            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PollAsync(CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        RevocationPage page;
        do
        {
            page = await client.GetFromJsonAsync<RevocationPage>($"/internal/revocations?after={_cursor}", PulseJson.Options, ct)
                ?? throw new DependencyUnavailableException("users");
            // A log that was restored or made anew counts from another beginning.
            if (page.LastId < _cursor)
            {
                _cursor = 0;
                return;
            }

            foreach (var revocation in page.Revocations) revocations.Add(revocation);
            if (page.Revocations is [.., var last]) _cursor = last.Id;
        }
        while (page.Revocations.Count == RevocationPage.MaxRows);
    }

    [LoggerMessage(6401, LogLevel.Warning, "Revocations can't be followed; those known go on: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(6402, LogLevel.Information, "Revocations are followed again")]
    private partial void LogBack();

    [LoggerMessage(6403, LogLevel.Information, "Broke off {Count} responses whose tokens were revoked")]
    private partial void LogCut(int count);
}
