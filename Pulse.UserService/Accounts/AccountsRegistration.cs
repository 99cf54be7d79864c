using Microsoft.AspNetCore.Identity;

namespace Pulse.UserService.Accounts;

internal static class AccountsRegistration
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
        builder.Services.AddSingleton<Passwords>();
        builder.Services.AddScoped<AccountCreation>();
    }
}
