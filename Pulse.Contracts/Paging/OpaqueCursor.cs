using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Pulse.Contracts.Paging;

internal static class OpaqueCursor
{
    /// <summary>Fills <paramref name="bytes"/> exactly, or says no.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, Span<byte> bytes)
    {
        if (text is null || text.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.IsValid(text)) return false;

        return Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == bytes.Length;
    }
}
