using System.Text.Json;

namespace Pulse.Contracts.Events;

/// <summary>What travels over the bus: one event with its identity, time and trace.</summary>
/// <param name="Id">The id of the outbox row; repeats of a publish repeat it.</param>
/// <param name="Type">See <see cref="IEvent.Type"/>.</param>
/// <param name="Schema">See <see cref="IEvent.Schema"/>.</param>
/// <param name="OccurredAt">When the transaction was written.</param>
/// <param name="Data">The event; fields that a consumer does not know are ignored.</param>
public sealed record EventEnvelope(string Id, string Type, int Schema, DateTimeOffset OccurredAt, JsonElement Data)
{
    // A message without a field that has no default is poison: read as if the field were zero, it would act on somebody else.
    private static readonly JsonSerializerOptions Complete = new(PulseJson.Options) { RespectRequiredConstructorParameters = true };

    /// <summary>Wraps <paramref name="data"/> as the JSON text that stands in the outbox.</summary>
    public static string Write<TEvent>(long id, TEvent data, DateTimeOffset occurredAt)
        where TEvent : IEvent =>
        JsonSerializer.Serialize(
            new EventEnvelope(id.ToString(System.Globalization.CultureInfo.InvariantCulture), TEvent.Type, TEvent.Schema, occurredAt, JsonSerializer.SerializeToElement(data, PulseJson.Options)),
            PulseJson.Options);

    /// <summary>Reads a message body.</summary>
    /// <exception cref="JsonException">The body is not an envelope.</exception>
    public static EventEnvelope Read(string body) =>
        JsonSerializer.Deserialize<EventEnvelope>(body, Complete) ?? throw new JsonException("The envelope is null.");

    /// <summary>The event itself.</summary>
    /// <exception cref="JsonException">The data is not a <typeparamref name="TEvent"/>.</exception>
    public TEvent DataAs<TEvent>()
        where TEvent : IEvent =>
        Data.Deserialize<TEvent>(Complete) ?? throw new JsonException($"The data of {Type} is null.");
}
