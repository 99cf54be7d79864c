using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;

namespace Pulse.FanoutWorker.Notifications;

/// <summary>How an actor stands with the administrators, as far as his published card tells: enough to spare users what their reads would hide anyway.</summary>
internal sealed class ActorStandings(RedisCircuit redis)
{
    /// <returns>Active, too, when nobody can tell.</returns>
    public async Task<AuthorStanding> OfAsync(UserId actor, CancellationToken ct)
    {
        try
        {
            var card = (byte[]?)await redis.RunAsync(db => db.StringGetAsync(UserKeys.Card(actor)), ct);
            return card is null ? AuthorStanding.Active : AuthorCard.Decode(card).Standing;
        }
        catch (Exception exception) when (exception is DependencyUnavailableException or JsonException)
        {
            return AuthorStanding.Active;
        }
    }
}
