using Pulse.Messaging;

namespace Pulse.PostService.Counting;

/// <summary>Tells the folding of a step that has committed.</summary>
internal sealed class CountSignal : WakeSignal;
