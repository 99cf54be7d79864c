namespace Pulse.PostService.Texts;

internal static class TextsRegistration
{
    public static IServiceCollection AddTexts(this IServiceCollection services)
    {
        services.AddSingleton<MentionedUsers>();
        services.AddSingleton<PostTexts>();
        services.AddHostedService<MentionResolving>();
        return services;
    }
}
