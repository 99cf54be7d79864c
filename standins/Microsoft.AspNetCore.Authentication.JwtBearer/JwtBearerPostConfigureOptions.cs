using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

internal sealed class JwtBearerPostConfigureOptions(IAuthenticationConfigurationProvider configuration) : IPostConfigureOptions<JwtBearerOptions>
{
    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        // The package would bind this section. Settings that are silently not applied are the worst kind of security setting.
        if (!string.IsNullOrEmpty(name) && configuration.GetSchemeConfiguration(name).GetChildren().Any())
        {
            throw new NotSupportedException(
                $"The stand-in for Microsoft.AspNetCore.Authentication.JwtBearer does not read 'Authentication:Schemes:{name}': configure the scheme in code, or use the real package.");
        }

        if (string.IsNullOrEmpty(options.TokenValidationParameters.ValidAudience) && !string.IsNullOrEmpty(options.Audience))
            options.TokenValidationParameters.ValidAudience = options.Audience;
    }
}
