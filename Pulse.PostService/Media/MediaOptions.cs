using System.ComponentModel.DataAnnotations;

namespace Pulse.PostService.Media;

/// <summary>Where pictures are kept and served, and how large they may be. Region, credentials and (locally) the endpoint come from the standard <c>AWS_*</c> variables.</summary>
internal sealed class MediaOptions
{
    public const string Section = "Media";

    /// <summary>The bucket. Nobody else writes to it.</summary>
    [Required, RegularExpression("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    public string Bucket { get; set; } = "";

    /// <summary>What the key of an object is put behind to make the address at which anybody gets it: a CDN, or the bucket itself. Ends with a slash.</summary>
    [Required]
    public Uri PublicBaseUrl { get; set; } = null!;

    /// <summary>Whether the bucket is in the path and not in the host name, as an emulator at an address needs it.</summary>
    public bool PathStyle { get; set; }

    /// <summary>How long the link of an upload works.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Bytes of a picture.</summary>
    [Range(1, 100 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Pixels of the longer side: what a reader's device can still unpack.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; set; } = 8_192;

    /// <summary>Uploads of one user that wait for their post.</summary>
    [Range(1, 10_000)]
    public int MaxWaiting { get; set; } = 40;

    /// <summary>How long an upload waits for its post before it is collected.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan KeepWaiting { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Between two turns of the collection.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan CollectInterval { get; set; } = TimeSpan.FromMinutes(1);

    internal bool HasBaseUrl() => PublicBaseUrl is { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "" } url && url.AbsolutePath.EndsWith('/');
}
