using System.ComponentModel.DataAnnotations;

namespace Pulse.PostService.Media;

/// <summary>Where pictures are kept and served.</summary>
internal sealed class MediaOptions
{
    public const string Section = "Media";

    /// <summary>What the key of an object is put behind to make the address at which anybody gets it: a CDN, or the bucket itself. Ends with a slash.</summary>
    [Required]
    public Uri PublicBaseUrl { get; set; } = new("http://127.0.0.1/pulse-media/");
}
