using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;

namespace Pulse.PostService.Media;

/// <summary>What the first bytes of a picture say of it.</summary>
/// <param name="ContentType">The format that it really is.</param>
/// <param name="Width">In pixels, as it is shown.</param>
/// <param name="Height">In pixels, as it is shown.</param>
internal readonly record struct ImageHeader(string ContentType, int Width, int Height)
{
    // Metadata costs work that its sender chooses, inflating among it; only JPEG's says something that is asked for.
    private static readonly Configuration Formats = OnlyHeaders();

    /// <summary>The formats that every browser shows.</summary>
    public static IReadOnlyList<string> ContentTypes { get; } = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    /// <param name="bytes">The beginning of the picture, or all of it.</param>
    /// <returns>Null when it is none of <see cref="ContentTypes"/>, or more bytes are needed to tell.</returns>
    public static ImageHeader? Read(byte[] bytes)
    {
        try
        {
            return Image.Identify(Formats, bytes, out var format) is { } image
                ? IsOnItsSide(image) ? new ImageHeader(format.DefaultMimeType, image.Height, image.Width) : new ImageHeader(format.DefaultMimeType, image.Width, image.Height)
                : null;
        }
        catch (Exception)
        {
            // Whatever a reader of formats throws at bytes that a stranger made: it is no picture.
            return null;
        }
    }

    // A camera writes what its sensor saw, and how it was held: 5 to 8 are the quarter turns of TIFF 6.0, and readers show it turned.
    private static bool IsOnItsSide(IImageInfo image) => image.Metadata.ExifProfile?.GetValue(ExifTag.Orientation)?.Value is >= 5 and <= 8;

    private static Configuration OnlyHeaders()
    {
        var formats = new Configuration(new PngConfigurationModule(), new JpegConfigurationModule(), new GifConfigurationModule(), new WebpConfigurationModule());
        formats.ImageFormatsManager.SetDecoder(PngFormat.Instance, new PngDecoder { IgnoreMetadata = true });
        formats.ImageFormatsManager.SetDecoder(GifFormat.Instance, new GifDecoder { IgnoreMetadata = true });
        formats.ImageFormatsManager.SetDecoder(WebpFormat.Instance, new WebpDecoder { IgnoreMetadata = true });
        return formats;
    }
}
