using System.Text;
using Pulse.PostService.Media;

namespace Pulse.PostService.Tests.Media;

public sealed class ImageHeaderTests
{
    [Theory]
    [InlineData("image/png", 1, 1)]
    [InlineData("image/png", 640, 481)]
    [InlineData("image/jpeg", 640, 481)]
    [InlineData("image/gif", 640, 481)]
    [InlineData("image/webp", 640, 481)]
    public void Read_Picture_HasTypeAndSize(string contentType, int width, int height) =>
        Assert.Equal(new ImageHeader(contentType, width, height), ImageHeader.Read(Pictures.Make(contentType, width, height)));

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/jpeg")]
    [InlineData("image/gif")]
    [InlineData("image/webp")]
    public void Read_BeginningOfAPicture_IsEnough(string contentType)
    {
        var picture = Pictures.Make(contentType, 900, 900);
        Assert.Equal(new ImageHeader(contentType, 900, 900), ImageHeader.Read(picture[..(picture.Length - 64)]));
    }

    // Written by hand from the formats' own papers, so that not one library alone says what they are.
    [Theory]
    [InlineData("89504E470D0A1A0A 0000000D 49484452 00000200 00000100 08 02 00 00 00 4AF25930 00000000 49444154 35AF061E", "image/png", 512, 256)]
    [InlineData("474946383961 0200 0300 80 00 00 000000 FFFFFF 2C 0000 0000 0200 0300 00 02 02 4C 01 00 3B", "image/gif", 2, 3)]
    [InlineData("FFD8 FFC0 0011 08 0010 0020 03 01 22 00 02 11 01 03 11 01 FFD9", "image/jpeg", 32, 16)]
    public void Read_BytesOfTheFormat_AreUnderstood(string hex, string contentType, int width, int height) =>
        Assert.Equal(new ImageHeader(contentType, width, height), ImageHeader.Read(Bytes(hex)));

    [Theory]
    [InlineData(1, 40, 30)]
    [InlineData(3, 40, 30)]
    [InlineData(6, 30, 40)]
    [InlineData(8, 30, 40)]
    public void Read_PhotoOfATurnedCamera_HasTheSizeInWhichItIsShown(ushort orientation, int width, int height) =>
        Assert.Equal(new ImageHeader("image/jpeg", width, height), ImageHeader.Read(Pictures.Photo(40, 30, orientation)));

    public static TheoryData<string, string> NoPictures => new()
    {
        { "nothing", "" },
        { "a byte", "00" },
        { "a drawing", Text("<svg xmlns='http://www.w3.org/2000/svg'/>") },
        { "a page", Text("<html><script>alert(1)</script></html>") },
        { "a format that a library may know", Text("BM") + "46000000000000003600000028000000020000000200000001001800000000001000000000000000000000000000000000000000" },
        { "PNG without a header", "89504E470D0A1A0A" },
        { "PNG with a wrong checksum", "89504E470D0A1A0A 0000000D 49484452 00000200 00000100 08 02 00 00 00 00000000" },
        { "JPEG cut short", "FFD8 FFE0 FFFF" },
        { "JPEG without a frame", "FFD8 FFD9" },
        { "GIF without a screen", "474946383961" },
        { "WebP cut short", "52494646 FFFFFFFF 57454250 56503858" },
        { "zeros", new string('0', 140_000) },
    };

    [Theory]
    [MemberData(nameof(NoPictures))]
    public void Read_NoPicture_IsNull(string what, string hex) => Assert.True(ImageHeader.Read(Bytes(hex)) is null, what);

    [Fact]
    public void Read_AnyByteOfAHeaderChanged_NeverThrows()
    {
        foreach (var contentType in ImageHeader.ContentTypes)
        {
            var picture = Pictures.Make(contentType, 7, 5);
            for (var i = 0; i < picture.Length; i++)
            {
                foreach (var value in (byte[])[0x00, 0x7F, 0xFF])
                {
                    byte[] changed = [.. picture];
                    changed[i] = value;
                    _ = ImageHeader.Read(changed);
                    _ = ImageHeader.Read(changed[..i]);
                }
            }
        }
    }

    private static string Text(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
