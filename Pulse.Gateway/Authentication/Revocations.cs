using System.Collections.Concurrent;
using System.Security.Claims;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Authentication;

namespace Pulse.Gateway.Authentication;

/// <summary>
/// The revocations that this process knows: those of the last quarter of an hour, since older tokens have expired anyway. Empty at the
/// start; <see cref="RevocationFollower"/> fills it. Asking costs two lookups and allocates nothing.
/// </summary>
internal sealed class Revocations(TimeProvider clock) : IRevokedTokens
{
    private readonly ConcurrentDictionary<long, DateTimeOffset> _sessions = new();
    private readonly ConcurrentDictionary<long, Revoked> _users = new();

    public bool IsRevoked(ClaimsPrincipal caller) => IsRevoked(TokenSession.Of(caller));

    public bool IsRevoked(TokenSession token) =>
        _sessions.ContainsKey(token.Session)
        // The second of the revocation counts as before it, as tokens say no fraction; but who logged in after it need not wait for the next one.
        || (_users.TryGetValue(token.User, out var revoked) && token.IssuedAt <= revoked.At.ToUnixTimeSeconds() && Snowflake.TimeOf(token.Session) <= revoked.At);

    public void Add(Revocation revocation)
    {
        if (revocation.Session is { } session) _sessions[session] = revocation.ExpiresAt;
        // The same row may come twice, and in another order after a new beginning.
        if (revocation.UserId is { } user)
        {
            _users.AddOrUpdate(
                user.Value, new Revoked(revocation.At, revocation.ExpiresAt), (_, known) => known.At > revocation.At ? known : new Revoked(revocation.At, revocation.ExpiresAt));
        }
    }

    /// <summary>Forgets what is about tokens that have expired.</summary>
    public void Prune()
    {
        var now = clock.GetUtcNow();
        foreach (var (session, expiresAt) in _sessions)
        {
            if (expiresAt < now) _sessions.TryRemove(session, out _);
        }

        foreach (var (user, revoked) in _users)
        {
            if (revoked.ExpiresAt < now) _users.TryRemove(KeyValuePair.Create(user, revoked));
        }
    }

    public int Count => _sessions.Count + _users.Count;

    private sealed record Revoked(DateTimeOffset At, DateTimeOffset ExpiresAt);
}
