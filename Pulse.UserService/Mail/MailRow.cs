namespace Pulse.UserService.Mail;

/// <summary>What a mail says; the values of <c>mails.kind</c>.</summary>
internal static class MailKind
{
    public const string VerifyEmail = "verify-email";
    public const string PasswordReset = "password-reset";
    public const string PasswordChanged = "password-changed";
}

/// <summary>
/// A mail that is to be sent, written in the transaction of what causes it. It holds no text and no token: those are made when it is
/// sent, and whether somebody has the address is found out then.
/// </summary>
internal sealed class MailRow
{
    public required long Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>Null once the row is closed.</summary>
    public string? Recipient { get; init; }

    /// <summary>SHA-256 of the address in lower case, for the limit per address.</summary>
    public required byte[] RecipientHash { get; init; }

    /// <summary>How often a server would not have it; a server that is away does not count.</summary>
    public required int Refusals { get; init; }

    /// <summary>A sender that claims the row moves this ahead: if it dies, the row comes back then.</summary>
    public required DateTimeOffset NextAttemptAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was sent or given up.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}
