using Pulse.PostService.Texts;

namespace Pulse.PostService.Tests.Texts;

public sealed class TextGrammarTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("nobody", "")]
    [InlineData("@alice", "alice")]
    [InlineData("Hi @Alice_9!", "alice_9")]
    [InlineData("@alice, (@bob) “@carol” «@dave» @alice.", "alice bob carol dave")]
    [InlineData("@ALICE @alice", "alice")]
    [InlineData(".@alice -@bob +@carol &@dave *@eve", "alice bob carol dave eve")]
    [InlineData("@alice/@bob|@carol", "alice bob carol")]
    [InlineData("\n@alice\t@bob\u00a0@carol\u3000@dave", "alice bob carol dave")]
    [InlineData("＠alice", "alice")]
    [InlineData("@ab @a @123456789012345678901234567890 @1234567890123456789012345678901", "ab 123456789012345678901234567890")]
    [InlineData("@ alice @@bob @", "")]
    // Within a word, or going on as one.
    [InlineData("a@alice é@alice e\u0301@alice я@alice 1@alice _@alice", "")]
    [InlineData("@alicé @alice\u0301 @aliceя @alice\u200d", "")]
    [InlineData("@alice@bob", "")]
    [InlineData("@alice-in-wonderland @bob's", "alice bob")]
    // Addresses.
    [InlineData("alice@example.com first.last+tag@example.com 100%@example.com o-@example.com", "")]
    [InlineData("josé@example.com имя@пример.рф 用户@example.com", "")]
    [InlineData("@alice@example.com", "")]
    [InlineData("<alice@example.com>, mailto:bob@example.com", "")]
    // URLs.
    [InlineData("https://example.com/@alice http://example.com/?u=@bob,@carol ftp://@dave", "")]
    [InlineData("example.com/@alice www.example.com/a/@bob example.com:8080/@carol", "")]
    [InlineData("見てhttps://example.com/@alice。@bob", "bob")]
    [InlineData("(https://example.com) @alice", "alice")]
    [InlineData("\"https://example.com/\"@alice <https://example.com/>@bob", "alice bob")]
    [InlineData("1.5/@alice and/@bob", "alice bob")]
    [InlineData("@alice://example.com", "")]
    // Scripts without spaces or case, and from right to left.
    [InlineData("こんにちは@aliceさん、@bobさん", "alice bob")]
    [InlineData("你好@alice你好", "alice")]
    [InlineData("안녕@alice님", "alice")]
    [InlineData("שלום @alice, مرحبا @bob؟", "alice bob")]
    [InlineData("สวัสดี@aliceครับ", "alice")]
    [InlineData("👩‍💻@alice❤️@bob👍🏽", "alice bob")]
    [InlineData("1️⃣@alice", "alice")]
    [InlineData("\ud800@alice\udc00@bob", "alice bob")]
    public void Read_Names_AreThoseOfUsers(string text, string names) => Assert.Equal(Words(names), TextGrammar.Read(text).Names);

    [Theory]
    [InlineData("no tag", "")]
    [InlineData("#pulse", "pulse")]
    [InlineData("#Pulse #PULSE #pulse", "pulse")]
    [InlineData("＃pulse (#a1), “#b_2”. #c! #d?", "pulse a1 b_2 c d")]
    [InlineData("#1 #2026 #_ #__ #٣", "")]
    [InlineData("#1st #2026年 #a_ #_a", "1st 2026年 a_ _a")]
    [InlineData("# tag ## #", "")]
    [InlineData("##tag", "tag")]
    [InlineData("#a#b #话题#", "a b 话题")]
    [InlineData("#tag@alice", "tag")]
    [InlineData("#a-b #c.d #e/f #g'h #i…", "a c e g i")]
    // Within a word, an entity, a URL.
    [InlineData("a#b é#b я#b 1#b a_#b", "")]
    [InlineData("&#39; &#x27;", "")]
    [InlineData("https://example.com/#tag https://example.com/a?b#tag example.com/#tag", "")]
    [InlineData("https://example.com。#tag", "tag")]
    [InlineData("#https://example.com/", "")]
    [InlineData("example.com #tag", "tag")]
    // Every script.
    [InlineData("#日本語。 #ひらがな、 #カタカナー！ #한국어 #中文，", "日本語 ひらがな カタカナー 한국어 中文")]
    [InlineData("今日は#天気です", "天気です")]
    [InlineData("#ジョン・レノン #ジョン・ ・#レノン", "ジョン・レノン ジョン レノン")]
    [InlineData("#हिन्दी #தமிழ் #ไทย #မြန်မာ", "हिन्दी தமிழ் ไทย မြန်မာ")]
    [InlineData("#עברית #العربية،", "עברית العربية")]
    [InlineData("#کتاب‌خانه", "کتابخانه")]
    [InlineData("#പെരുമ്പാവൂര്‍", "പെരുമ്പാവൂര്")]
    [InlineData("#བོད་སྐད་", "བོད་སྐད")]
    [InlineData("#Größe #GRÖSSE #col·lecció", "grösse col·lecció")]
    [InlineData("#𐐀𐐁 #𝐁𝐨𝐥𝐝 #Ｆｕｌｌ #ｶﾀｶﾅ #ﬁne #①", "𐐨𐐩 bold full カタカナ fine")]
    [InlineData("#ΟΔΟΣ #οδος", "οδοσ")]
    // Signs that only look like tags, and what ends one.
    [InlineData("#️⃣ #️tag #⃣ #\u0301", "")]
    [InlineData("#love❤️ #cat👩‍💻 #dog1️⃣ #fox©", "love cat dog fox")]
    [InlineData("❤️#love 👍🏽#yes 1️⃣#one", "love yes one")]
    [InlineData("#ㅤ #ﾠ #ﾞ #ᅟ", "")]
    [InlineData("#a\ud800 \udc00#b", "a b")]
    public void Read_Tags_AreFoldedOnes(string text, string tags) =>
        Assert.Equal(Words(tags).Select(TagFolding.Fold), TextGrammar.Read(text).Tags);

    [Fact]
    public void Read_MoreThanCount_TakesTheFirst()
    {
        var names = Enumerable.Range(0, TextGrammar.MaxNames + 1).Select(number => $"user{number}").ToList();
        var tags = Enumerable.Range(0, TextGrammar.MaxTags + 1).Select(number => $"tag{number}").ToList();

        var read = TextGrammar.Read(string.Join(' ', names.Concat(names).Select(name => "@" + name).Concat(tags.Concat(tags).Select(tag => "#" + tag))));

        Assert.Equal(names[..^1], read.Names);
        Assert.Equal(tags[..^1], read.Tags);
    }

    [Fact]
    public void Read_TagOfTooManyCharacters_IsNone()
    {
        var longest = new string('x', TextGrammar.MaxTagLength);

        Assert.Equal([longest, "y"], TextGrammar.Read($"#{longest} #{longest}x #y").Tags);
        Assert.Equal(100, Assert.Single(TextGrammar.Read("#" + string.Concat(Enumerable.Repeat("𐐀", 101)) + " #" + string.Concat(Enumerable.Repeat("𐐀", 100))).Tags).EnumerateRunes().Count());
        // Folded, one letter is eighteen.
        Assert.Empty(TextGrammar.Read("#" + string.Concat(Enumerable.Repeat("ﷺ", 100))).Tags);
    }

    [Theory]
    [InlineData("#Pulse", "pulse")]
    [InlineData("Pulse", "pulse")]
    [InlineData("＃ｐｕｌｓｅ", "pulse")]
    [InlineData("2026年", "2026年")]
    [InlineData("", null)]
    [InlineData("#", null)]
    [InlineData("##a", null)]
    [InlineData("1", null)]
    [InlineData("a b", null)]
    [InlineData("a-b", null)]
    [InlineData("a\0", null)]
    [InlineData("\ud800", null)]
    public void TryReadTag_Text_IsOneWholeTagOrNone(string text, string? tag)
    {
        Assert.Equal(tag is not null, TextGrammar.TryReadTag(text, out var read));
        Assert.Equal(tag, read);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
