using Pulse.Messaging.Outbox;
using Pulse.ServiceDefaults.Http;

namespace Pulse.PostService.Posts;

internal static class PostsRegistration
{
    public static IServiceCollection AddPosts(this IServiceCollection services)
    {
        services.AddInternalHttpClient(UserServiceClient.Name, "users");
        services.AddSingleton<PostCache>();
        services.AddSingleton<IOutboxObserver, TombstoneKeeper>();
        services.AddSingleton<IOutboxWatermark, PublishedWatermark>();
        services.AddSingleton<IOutboxObserver, SnapshotKeeper>();
        services.AddScoped<AuthorPages>();
        services.AddScoped<PostEditor>();
        services.AddScoped<PostVersions>();
        return services;
    }
}

/// <summary>The named client for internal calls to UserService.</summary>
internal static class UserServiceClient
{
    public const string Name = "users";
}
