using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.FanoutWorker.DeadLetters;

/// <summary>What <c>./pulse dlq</c> asks. A queue may be named without its <c>pulse-</c>.</summary>
internal static class DeadLettersApi
{
    private const string Prefix = "pulse-";
    private const int MaxShown = 1_000;

    public static void MapDeadLettersApi(this IEndpointRouteBuilder routes)
    {
        var deadLetters = routes.MapInternalGroup().MapGroup("/dead-letters");
        deadLetters.MapGet("", List);
        deadLetters.MapGet("/{queue}", Show);
        deadLetters.MapPost("/{queue}/replay", Replay);
    }

    internal static async Task<Ok<DeadLetterList>> List(IEnumerable<DeadLetterQueue> queues, CancellationToken ct) =>
        TypedResults.Ok(new DeadLetterList(await Task.WhenAll(queues.Select(async queue => new DeadLetterCount(queue.Queue, await queue.CountAsync(ct))))));

    internal static async Task<Results<Ok<DeadLetterPage>, ProblemHttpResult>> Show(
        string queue, int? limit, IEnumerable<DeadLetterQueue> queues, CancellationToken ct)
    {
        if (limit is < 1 or > MaxShown) return Problem.Invalid("limit", $"The limit is a number from 1 to {MaxShown}.");
        if (Find(queue, queues) is not { } found) return Unknown(queue, queues);

        var messages = await found.ShowAsync(limit ?? MaxShown, ct);
        return TypedResults.Ok(new DeadLetterPage(found.Queue, [.. messages.Select(ToView)]));
    }

    internal static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> Replay(string queue, IEnumerable<DeadLetterQueue> queues, CancellationToken ct)
    {
        if (Find(queue, queues) is not { } found) return Unknown(queue, queues);

        var (replayed, failed) = await found.ReplayAsync(ct);
        return TypedResults.Ok(new ReplayAnswer(found.Queue, replayed, failed));
    }

    private static DeadLetterQueue? Find(string name, IEnumerable<DeadLetterQueue> queues) =>
        queues.FirstOrDefault(queue => queue.Queue == name || queue.Queue == Prefix + name);

    private static ProblemHttpResult Unknown(string name, IEnumerable<DeadLetterQueue> queues) =>
        Problem.NotFound($"There is no queue named {name}; there are {string.Join(", ", queues.Select(queue => queue.Queue))}.");

    private static DeadLetterView ToView(Messaging.Queues.Delivery message)
    {
        EventEnvelope? envelope = null;
        try
        {
            envelope = EventEnvelope.Read(message.Body);
        }
        catch (JsonException)
        {
            // No event at all: that may be just why it is here.
        }

        return new DeadLetterView(message.MessageId, message.Type ?? envelope?.Type, envelope?.OccurredAt, message.ReceiveCount, message.Body);
    }
}

internal sealed record DeadLetterList(IReadOnlyList<DeadLetterCount> Queues);

internal sealed record DeadLetterCount(string Queue, long Count);

internal sealed record DeadLetterPage(string Queue, IReadOnlyList<DeadLetterView> Messages);

/// <param name="Id">The id of the message, as the log of the worker has it; that of the event is in the body.</param>
/// <param name="Type">Null when the message does not say.</param>
/// <param name="OccurredAt">Null when the body is not an event.</param>
/// <param name="ReceiveCount">Receives, those of the operator's looks included.</param>
/// <param name="Body">As it is.</param>
internal sealed record DeadLetterView(string Id, string? Type, DateTimeOffset? OccurredAt, int ReceiveCount, string Body);

internal sealed record ReplayAnswer(string Queue, int Replayed, int Failed);
