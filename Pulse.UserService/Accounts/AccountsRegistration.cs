using Microsoft.AspNetCore.Identity;

namespace Pulse.UserService.Accounts;

internal static class AccountsRegistration
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
        builder.Services.AddSingleton<Passwords>();
        builder.Services.AddOptions<LockoutOptions>().BindConfiguration(LockoutOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddScoped<AccountCreation>();
        builder.Services.AddScoped<LoginAttempts>();
        builder.Services.AddScoped<Logins>();
        builder.Services.AddScoped<AccountTokens>();
        builder.Services.AddScoped<PasswordChanges>();
    }
}
