namespace Pulse.UserService.Mutes;

internal static class MutesRegistration
{
    public static void AddMutes(this WebApplicationBuilder builder) => builder.Services.AddScoped<MuteGraph>();
}
