using Pulse.Messaging;

namespace Pulse.UserService.Mail;

/// <summary>Wakes the sender after a commit.</summary>
internal sealed class MailSignal : WakeSignal;
