using System.ComponentModel.DataAnnotations;

namespace Pulse.UserService.Mail;

/// <summary>How mails leave, and how many.</summary>
internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>Without a server mails wait until they are too old.</summary>
    public string? SmtpHost { get; set; }

    [Range(1, 65535)]
    public int SmtpPort { get; set; } = 587;

    /// <summary>STARTTLS; a server that does not offer it gets no mail then.</summary>
    public bool SmtpTls { get; set; }

    /// <summary>Without a user the server is not logged in to.</summary>
    public string? SmtpUser { get; set; }

    public string? SmtpPassword { get; set; }

    /// <summary>The sender, as RFC 5322 writes it.</summary>
    [Required]
    public string From { get; set; } = "Pulse <no-reply@pulse.localhost>";

    /// <summary>Where people reach Pulse: the beginning of the links in mails.</summary>
    [Required, Url]
    public string PublicUrl { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Mails of one kind to one address in an hour; further ones are not written at all.</summary>
    [Range(1, 10_000)]
    public int PerAddressAndHour { get; set; } = 5;

    /// <summary>The patience with one conversation with the server.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the table is looked at when nobody says that there is something in it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between two looks for a server that is away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The first pause before a mail that was refused is tried again; each further one is twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(30);
}
