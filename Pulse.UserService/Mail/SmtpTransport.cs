using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using Microsoft.Extensions.Options;

namespace Pulse.UserService.Mail;

/// <summary>SMTP by the client of .NET itself (decision 18). A connection for each mail: there are few.</summary>
internal sealed class SmtpTransport(IOptions<MailOptions> options) : IMailTransport
{
    // The server is about to close, or never said anything: GeneralFailure is what the client calls a connection that failed.
    private static readonly SmtpStatusCode[] Away =
        [SmtpStatusCode.GeneralFailure, SmtpStatusCode.ServiceNotAvailable, SmtpStatusCode.ServiceClosingTransmissionChannel, SmtpStatusCode.MustIssueStartTlsFirst];

    public bool IsConfigured => !string.IsNullOrEmpty(options.Value.SmtpHost);

    public async Task SendAsync(MailText mail, CancellationToken ct)
    {
        using var client = new SmtpClient(options.Value.SmtpHost, options.Value.SmtpPort) { EnableSsl = options.Value.SmtpTls, DeliveryMethod = SmtpDeliveryMethod.Network };
        if (!string.IsNullOrEmpty(options.Value.SmtpUser)) client.Credentials = new NetworkCredential(options.Value.SmtpUser, options.Value.SmtpPassword);
        using var message = Write(mail);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(options.Value.Timeout);
        try
        {
            // The client's own timeout is for calls that block; waiting beside it ends where it does not listen to the token.
            await client.SendMailAsync(message, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new MailServerAwayException("timeout");
        }
        catch (SmtpException failure)
        {
            var reason = failure.GetBaseException() is { } cause and not SmtpException ? cause.GetType().Name : failure.StatusCode.ToString();
            throw Away.Contains(failure.StatusCode) ? new MailServerAwayException(reason) : new MailRefusedException(failure.StatusCode.ToString());
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            throw new MailServerAwayException(failure.GetType().Name);
        }
    }

    private MailMessage Write(MailText mail)
    {
        MailMessage message;
        try
        {
            message = new MailMessage(options.Value.From, mail.Recipient);
        }
        catch (FormatException)
        {
            throw new MailRefusedException("not an address");
        }

        message.Subject = mail.Subject;
        message.SubjectEncoding = Encoding.UTF8;
        message.Body = mail.Body;
        message.BodyEncoding = Encoding.UTF8;
        message.Headers["Message-ID"] = string.Create(CultureInfo.InvariantCulture, $"<{mail.Id}@{message.From!.Host}>");
        // RFC 3834: no holiday note comes back.
        message.Headers["Auto-Submitted"] = "auto-generated";
        return message;
    }
}
