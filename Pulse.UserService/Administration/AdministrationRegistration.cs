namespace Pulse.UserService.Administration;

internal static class AdministrationRegistration
{
    public static void AddAdministration(this WebApplicationBuilder builder) => builder.Services.AddScoped<Standings>();
}
