using Amazon.S3;
using Microsoft.Extensions.Options;
using Pulse.Messaging.Outbox;

namespace Pulse.PostService.Media;

internal static class MediaRegistration
{
    public static IServiceCollection AddMedia(this IServiceCollection services)
    {
        services.AddOptions<MediaOptions>().BindConfiguration(MediaOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.HasBaseUrl(), "Media:PublicBaseUrl is an http or https address that ends with a slash.")
            .ValidateOnStart();
        services.AddSingleton<IAmazonS3>(provider => new AmazonS3Client(new AmazonS3Config
        {
            ForcePathStyle = provider.GetRequiredService<IOptions<MediaOptions>>().Value.PathStyle,
            Timeout = TimeSpan.FromSeconds(3),
            MaxErrorRetry = 1,
        }));
        services.AddSingleton<MediaStore>();
        services.AddSingleton<UploadCheck>();
        services.AddScoped<Attachments>();
        services.AddSingleton<IOutboxObserver, DeletedPostMedia>();
        services.AddSingleton<CondemnedMedia>();
        services.AddHostedService<MediaCollector>();
        return services;
    }
}
