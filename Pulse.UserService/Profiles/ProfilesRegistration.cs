using Pulse.ServiceDefaults.Http;

namespace Pulse.UserService.Profiles;

internal static class ProfilesRegistration
{
    public static void AddProfiles(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CelebrityOptions>().BindConfiguration(CelebrityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddInternalHttpClient(PostCounts.Client, "posts");
        builder.Services.AddSingleton<PostCounts>();
        builder.Services.AddScoped<Relationships>();
        builder.Services.AddScoped<ProfileReader>();
        builder.Services.AddScoped<ProfileEditor>();
    }
}
