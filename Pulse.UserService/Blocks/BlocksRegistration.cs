namespace Pulse.UserService.Blocks;

internal static class BlocksRegistration
{
    public static void AddBlocks(this WebApplicationBuilder builder) => builder.Services.AddScoped<BlockGraph>();
}
