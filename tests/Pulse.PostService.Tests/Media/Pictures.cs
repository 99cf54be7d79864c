using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace Pulse.PostService.Tests.Media;

/// <summary>Small pictures of any format, made anew.</summary>
internal static class Pictures
{
    public static byte[] Png(int width = 4, int height = 3) => Make("image/png", width, height);

    public static byte[] Make(string contentType, int width, int height) => Encode(new Image<Rgb24>(width, height, new Rgb24(200, 30, 40)), contentType);

    /// <summary>A JPEG as a camera writes it.</summary>
    /// <param name="width">Of the sensor.</param>
    /// <param name="height">Of the sensor.</param>
    /// <param name="orientation">How the camera was held: 1 to 8 of TIFF 6.0.</param>
    public static byte[] Photo(int width, int height, ushort orientation)
    {
        var image = new Image<Rgb24>(width, height);
        image.Metadata.ExifProfile = new ExifProfile();
        image.Metadata.ExifProfile.SetValue(ExifTag.Orientation, orientation);
        return Encode(image, "image/jpeg");
    }

    /// <summary>A JPEG whose header comes after so many segments of 60,000 bytes that mean nothing to a reader.</summary>
    public static byte[] LongPhoto(int segments)
    {
        var plain = Make("image/jpeg", 4, 3);
        byte[] segment = [0xFF, 0xEF, (60_002 >> 8) & 0xFF, 60_002 & 0xFF, .. new byte[60_000]];
        return [.. plain.AsSpan(0, 2), .. Enumerable.Repeat(segment, segments).SelectMany(each => each), .. plain.AsSpan(2)];
    }

    private static byte[] Encode(Image<Rgb24> image, string contentType)
    {
        using (image)
        {
            using var stream = new MemoryStream();
            image.Save(stream, contentType switch
            {
                "image/png" => new PngEncoder(),
                "image/jpeg" => new JpegEncoder(),
                "image/gif" => new GifEncoder(),
                "image/webp" => (IImageEncoder)new WebpEncoder(),
                _ => throw new ArgumentOutOfRangeException(nameof(contentType)),
            });
            return stream.ToArray();
        }
    }
}
