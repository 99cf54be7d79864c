using System.Diagnostics;

namespace Pulse.Messaging.Publishing;

/// <summary>The one source of messaging spans, and the attributes that carry a message's type and trace.</summary>
internal static class MessagingTelemetry
{
    public const string TypeAttribute = "type";
    public const string TraceParentAttribute = "traceparent";

    public static readonly ActivitySource Source = new("Pulse.Messaging");

    /// <summary>The context to go on from; none when the message carries none that can be read.</summary>
    public static ActivityContext Parent(string? traceParent) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var parent) ? parent : default;
}
