using System.ComponentModel.DataAnnotations;

namespace Pulse.UserService.Tokens;

/// <summary>How long tokens are good.</summary>
internal sealed class TokenOptions
{
    public const string Section = "Tokens";

    /// <summary>Of an access token; nobody can take one back before.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan AccessLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Of a refresh token, from its issue; each renewal starts a new one.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan RefreshLifetime { get; set; } = TimeSpan.FromDays(30);
}
