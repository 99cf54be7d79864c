namespace Pulse.Messaging.Outbox;

/// <summary>Wakes the relay after a commit.</summary>
public sealed class OutboxSignal : WakeSignal;
