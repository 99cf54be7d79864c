using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

public class JwtBearerOptions : AuthenticationSchemeOptions
{
    // The package renames inbound claims unless told otherwise; the token handler alone would not.
    private readonly JsonWebTokenHandler _defaultHandler = new() { MapInboundClaims = true };

    public JwtBearerOptions() => TokenHandlers = [_defaultHandler];

    public bool RequireHttpsMetadata { get; set; } = true;

    public string? Authority { get => null; set => RefuseMetadata(value, nameof(Authority)); }

    public string MetadataAddress { get => null!; set => RefuseMetadata(value, nameof(MetadataAddress)); }

    /// <summary>Becomes <see cref="TokenValidationParameters.ValidAudience"/> where that is empty.</summary>
    public string? Audience { get; set; }

    public string Challenge { get; set; } = JwtBearerDefaults.AuthenticationScheme;

    public new JwtBearerEvents Events { get => (JwtBearerEvents)base.Events!; set => base.Events = value; }

    public IList<TokenHandler> TokenHandlers { get; }

    public TokenValidationParameters TokenValidationParameters { get; set; } = new();

    public bool SaveToken { get; set; } = true;

    public bool IncludeErrorDetails { get; set; } = true;

    /// <summary>Concerns the handler that <see cref="TokenHandlers"/> holds by default, not those added to it.</summary>
    public bool MapInboundClaims { get => _defaultHandler.MapInboundClaims; set => _defaultHandler.MapInboundClaims = value; }

    private static void RefuseMetadata(string? value, string option)
    {
        if (value is not null)
        {
            throw new NotSupportedException(
                $"The stand-in for Microsoft.AspNetCore.Authentication.JwtBearer fetches no metadata, so {option} cannot be set: give the keys in TokenValidationParameters, or use the real package.");
        }
    }
}
