using Pulse.ServiceDefaults.Authentication;

namespace Pulse.UserService.Tokens;

internal static class TokensRegistration
{
    /// <summary>Call before <c>AddServiceDefaults</c>: this service checks tokens by its own keys and not by a call to itself.</summary>
    public static void AddTokens(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TokenOptions>().BindConfiguration(TokenOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SigningKeyStore>();
        builder.Services.AddSingleton<DatabaseSigningKeys>();
        builder.Services.AddSingleton<KeyRotation>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KeyRotation>());
        builder.Services.AddSingleton<ISigningKeys>(services => services.GetRequiredService<DatabaseSigningKeys>());
        builder.Services.AddScoped<TokenOwners>();
        builder.Services.AddScoped<RevocationLog>();
        builder.Services.AddScoped<TokenIssuer>();
    }
}
