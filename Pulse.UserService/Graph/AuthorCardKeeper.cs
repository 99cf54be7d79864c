using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;

namespace Pulse.UserService.Graph;

/// <summary>
/// Repeats the author card of a change until it stands: the request wrote it at best, and may have died or missed Redis. No such change is
/// published before its card. As long as Redis is away these events wait in the outbox, and only they.
/// </summary>
internal sealed class AuthorCardKeeper(IServiceScopeFactory scopes) : IOutboxObserver
{
    public async Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        OutboxMessage[] changes = [.. messages.Where(message => message.Type == UserProfileChanged.Type || message.Type == UserPrivacyChanged.Type)];
        if (changes.Length == 0) return [];

        await using var scope = scopes.CreateAsyncScope();
        UserId[] users = [.. changes.Select(WhoseCard).Distinct()];
        var stand = await scope.ServiceProvider.GetRequiredService<AuthorCards>().PublishAsync(users, ct);
        return stand ? [] : [.. changes.Select(message => message.Id)];
    }

    private static UserId WhoseCard(OutboxMessage message)
    {
        var envelope = EventEnvelope.Read(message.Body);
        return message.Type == UserProfileChanged.Type ? envelope.DataAs<UserProfileChanged>().UserId : envelope.DataAs<UserPrivacyChanged>().UserId;
    }
}
