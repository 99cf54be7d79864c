using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Tokens;

/// <summary>Renews the signing key by age, and whenever an operator asks. No token is refused for it: see <see cref="SigningKeyStore"/>.</summary>
internal sealed partial class KeyRotation(SigningKeyStore store, DatabaseSigningKeys keys, TimeProvider clock, ILogger<KeyRotation> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <param name="wanted">Whether somebody asked for it; else only an old key is followed by a new one.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>The newest key.</returns>
    public async Task<SigningKey> RotateAsync(bool wanted, CancellationToken ct)
    {
        var (newest, isNew) = await store.RotateAsync(wanted, ct);
        await keys.ReloadAsync(ct);
        if (isNew) LogCreated(newest.KeyId, newest.ActivatesAt);
        return newest;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RotateAsync(wanted: false, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // A month has many turns. An outage is told elsewhere.
                if (!Outage.Is(exception)) LogFailed(exception);
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(3101, LogLevel.Information, "Made the signing key {KeyId}, which signs from {ActivatesAt:O} on")]
    private partial void LogCreated(string keyId, DateTimeOffset activatesAt);

    [LoggerMessage(3105, LogLevel.Warning, "Signing keys could not be looked after; the next turn tries again")]
    private partial void LogFailed(Exception exception);
}
