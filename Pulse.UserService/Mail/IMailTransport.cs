namespace Pulse.UserService.Mail;

/// <summary>A mail as text, with its secrets: for the server that takes it and for no log.</summary>
/// <param name="Id">The same for every attempt; becomes the Message-ID, by which a receiver knows a repeat.</param>
internal sealed record MailText(long Id, string Recipient, string Subject, string Body);

/// <summary>Hands mails to a server.</summary>
internal interface IMailTransport
{
    /// <summary>Whether there is a server to hand them to.</summary>
    bool IsConfigured { get; }

    /// <exception cref="MailServerAwayException">No server took part in it: it is not the mail's fault.</exception>
    /// <exception cref="MailRefusedException">The server would not have this mail.</exception>
    Task SendAsync(MailText mail, CancellationToken ct);
}

/// <summary>Its message names a kind of failure and no address: what servers say quotes them.</summary>
internal sealed class MailServerAwayException(string reason) : Exception(reason);

/// <summary>As above.</summary>
internal sealed class MailRefusedException(string reason) : Exception(reason);
