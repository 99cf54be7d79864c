using System.ComponentModel.DataAnnotations;

namespace Pulse.UserService.Tokens;

/// <summary>How long tokens are good.</summary>
internal sealed class TokenOptions
{
    public const string Section = "Tokens";

    /// <summary>Of an access token; one that is taken back before is refused by the gateway (<see cref="RevocationLog"/>).</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan AccessLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Of a refresh token, from its issue; each renewal starts a new one.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan RefreshLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Of a signing key, until the next one is made.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a key is published before it signs: longer than <see cref="KeyReloadInterval"/>, than the minute for which a published
    /// key set may be cached, and than clocks differ, together.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan KeyActivationDelay { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How old the keys may be that a replica signs with.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan KeyReloadInterval { get; set; } = TimeSpan.FromSeconds(10);
}
