using System.ComponentModel.DataAnnotations;

namespace Pulse.PostService.Safety;

/// <summary>What the content checks refuse, and what they show to its author alone.</summary>
internal sealed class SafetyOptions
{
    public const string Section = "Safety";

    /// <summary>Words, and words in a row, with which a post is refused. Compared by <see cref="FoldedText"/>.</summary>
    public IReadOnlyList<string> BlockedTerms { get; set; } = [];

    /// <summary>Words, and words in a row, with which a post is shown to its author alone.</summary>
    public IReadOnlyList<string> LimitedTerms { get; set; } = [];

    /// <summary>The most links of one post.</summary>
    [Range(0, 500)]
    public int MaxLinks { get; set; } = 10;

    /// <summary>The most posts with links by one author within <see cref="FloodWindow"/>; further ones are shown to him alone.</summary>
    [Range(1, 100_000)]
    public int MaxPostsWithLinks { get; set; } = 20;

    /// <summary>The most posts of one text by one author within <see cref="FloodWindow"/>; further ones are refused.</summary>
    [Range(1, 100_000)]
    public int MaxSameTexts { get; set; } = 5;

    /// <summary>Letters and digits below which a text may be repeated: "thank you" is no flood.</summary>
    [Range(0, 8_000)]
    public int MinFloodLetters { get; set; } = 16;

    /// <summary>How long posts are counted together, from the first of them.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan FloodWindow { get; set; } = TimeSpan.FromMinutes(10);
}
