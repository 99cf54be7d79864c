using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Mail;

/// <summary>
/// Sends what <see cref="MailOutbox"/> wrote, one mail at a time. A mail may go out twice, when the process ends between the server's
/// word and the row. While the server is away mails wait and nothing else notices. Nothing that is logged here names an address, a
/// token, or what a server said, which would.
/// </summary>
internal sealed partial class MailSender(
    MailQueue queue,
    MailSignal signal,
    IMailTransport transport,
    IServiceScopeFactory scopes,
    IOptions<MailOptions> options,
    TimeProvider clock,
    ILogger<MailSender> logger) : BackgroundService
{
    private const int MaxRefusals = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(10);

    private DateTimeOffset? _warnedAt;
    private int _failures;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!transport.IsConfigured)
        {
            LogNotConfigured();
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendOneAsync(stoppingToken))
                {
                    // There may be more.
                }

                await signal.WaitAsync(options.Value.SweepInterval, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Not the exception itself, whatever it is: it may quote the mail.
                Warn(exception is MailServerAwayException ? exception.Message : exception.GetType().Name);
                await Task.Delay(Pause(), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>False when nothing is due.</returns>
    internal async Task<bool> SendOneAsync(CancellationToken ct)
    {
        if (await queue.ClaimAsync(2 * options.Value.Timeout, ct) is not { } mail) return false;

        try
        {
            if (await WriteAsync(mail, ct) is { } text) await transport.SendAsync(text, ct);
            await queue.CloseAsync(mail, CancellationToken.None);
            if (_failures > 0) LogRecovered(_failures);
            _failures = 0;
        }
        catch (MailServerAwayException)
        {
            await queue.PostponeAsync(mail, TimeSpan.Zero, refused: false, CancellationToken.None);
            throw;
        }
        catch (Exception exception) when (!Outage.Is(exception) && !ct.IsCancellationRequested)
        {
            // What nobody thought of counts as a refusal too, or one mail would keep all others waiting.
            await RefusedAsync(mail, exception is MailRefusedException ? exception.Message : exception.GetType().Name);
        }

        return true;
    }

    private async Task<MailText?> WriteAsync(ClaimedMail mail, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MailTexts>().WriteAsync(mail, ct);
    }

    private async Task RefusedAsync(ClaimedMail mail, string reason)
    {
        var refusals = mail.Refusals + 1;
        LogRefused(mail.Id, mail.Kind, reason, refusals);
        if (refusals >= MaxRefusals) await queue.CloseAsync(mail, CancellationToken.None);
        else await queue.PostponeAsync(mail, options.Value.RetryAfter * Math.Pow(2, mail.Refusals), refused: true, CancellationToken.None);
    }

    private TimeSpan Pause()
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 16));
        return pause < options.Value.MaxPause ? pause : options.Value.MaxPause;
    }

    private void Warn(string reason)
    {
        var now = clock.GetUtcNow();
        if (now - _warnedAt < WarningInterval) return;

        _warnedAt = now;
        LogAway(reason);
    }

    [LoggerMessage(3501, LogLevel.Warning, "Mails wait: the mail server or the database is away ({Reason})")]
    private partial void LogAway(string reason);

    [LoggerMessage(3502, LogLevel.Information, "Mails go out again after {Failures} failed attempts")]
    private partial void LogRecovered(int failures);

    [LoggerMessage(3503, LogLevel.Warning, "Mail {Id} ({Kind}) was refused: {Reason}, for the {Refusals}. time")]
    private partial void LogRefused(long id, string kind, string reason, int refusals);

    [LoggerMessage(3504, LogLevel.Warning, "No mail server is configured (Mail:SmtpHost): mails wait, and are dropped when they are too old")]
    private partial void LogNotConfigured();
}
