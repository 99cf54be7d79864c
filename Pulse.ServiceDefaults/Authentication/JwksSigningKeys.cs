using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.ServiceDefaults.Authentication;

/// <summary>Keys fetched from UserService's JWKS: once at first use, then only when a token names a key that is not at hand.</summary>
internal sealed partial class JwksSigningKeys(IHttpClientFactory clients, TimeProvider clock, ILogger<JwksSigningKeys> logger) : ISigningKeys, IDisposable
{
    internal const string Client = "jwks";

    // A flood of tokens with made-up key ids must not become a flood of calls.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile IReadOnlyCollection<SecurityKey> _keys = [];
    private DateTimeOffset _refreshedAt = DateTimeOffset.MinValue;

    public IReadOnlyCollection<SecurityKey> Current => _keys;

    public async ValueTask EnsureAsync(string? keyId, CancellationToken ct)
    {
        if (keyId is null || Has(keyId)) return;

        await _refreshing.WaitAsync(ct);
        try
        {
            var now = clock.GetUtcNow();
            if (Has(keyId) || (_keys.Count > 0 && now - _refreshedAt < RefreshInterval)) return;

            // Before the call: one that fails counts too.
            _refreshedAt = now;
            using var client = clients.CreateClient(Client);
            _keys = [.. new JsonWebKeySet(await client.GetStringAsync(new Uri(TokenContract.KeysPath, UriKind.Relative), ct)).GetSigningKeys()];
            LogRefreshed(_keys.Count);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            if (_keys.Count == 0) throw new DependencyUnavailableException("users", exception);
            LogRefreshFailed(exception);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private bool Has(string keyId) => _keys.Any(key => key.KeyId == keyId);

    [LoggerMessage(1101, LogLevel.Information, "Fetched {Count} signing keys")]
    private partial void LogRefreshed(int count);

    [LoggerMessage(1102, LogLevel.Warning, "Signing keys could not be refreshed; the ones at hand go on")]
    private partial void LogRefreshFailed(Exception exception);
}
