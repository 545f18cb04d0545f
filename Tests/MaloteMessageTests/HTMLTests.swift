// HTML made safe, and HTML made readable.

import MaloteCore
import Testing

struct HTMLTests {
    private func seen(_ html: String) -> MessageView {
        view(mail("Content-Type: text/html; charset=utf-8", Array(html.utf8)))
    }

    @Test(arguments: [
        Case("plain markup", "<p>Hi <b>Ana</b></p>", "<p>Hi <b>Ana</b></p>"),
        Case("text is escaped", "a &lt;b&gt; &amp; \"c\"", "a &lt;b&gt; &amp; &quot;c&quot;"),
        Case("script", "a<script>alert(1)</script>b", "ab"),
        Case("script in capitals, with blanks", "a<SCRIPT >x</sCript\n>b", "ab"),
        Case("script that hides its end", "a<script>'</scripty>'</script>b", "ab"),
        Case("script that never ends", "a<script>alert(1)<p>b", "a"),
        Case("style", "<style>p{color:red}</style><p style='x' class=y id=z>a</p>", "<p>a</p>"),
        Case("handlers", "<p onclick=evil() ONERROR='x'>a</p>", "<p>a</p>"),
        Case("handler behind a slash", "<p/onclick=evil()>a</p>", "<p>a</p>"),
        Case("remote image", "<img src=http://x.example/a.png alt=Logo>", "[Logo]"),
        Case("remote image with a handler", "<img src=x onerror=evil()>b", "b"),
        Case("own image", "<img src='cid:a@b' width=3>", "<img src=\"cid:a@b\" width=\"3\">"),
        Case("data image", "<img src='data:image/png;base64,AA'>b", "b"),
        Case(
            "background", "<table background='http://x.example/a'><tr><td>a</table>",
            "<table><tr><td>a</td></tr></table>"),
        Case(
            "frames, forms and objects",
            "<iframe src=x>y</iframe><object data=x>y</object><form action=x><input name=a>b</form>", "b"),
        Case("svg", "<svg><a xlink:href='javascript:x'>y</a></svg>b", "b"),
        Case("nested hidden elements", "<svg><svg></svg>y</svg>b", "b"),
        Case("hidden element closed at once", "<svg/>b", "b"),
        Case("meta and base", "<meta http-equiv=refresh content='0;url=x'><base href='http://x'>b", "b"),
        Case("unclosed tags", "<p>a<b>b<i>c", "<p>a<b>b<i>c</i></b></p>"),
        Case("crossed tags", "<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
        Case("ends without starts", "a</div></p></b>b", "ab"),
        Case("implied ends", "<p>a<p>b<ul><li>c<li>d</ul>", "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>"),
        Case(
            "cells", "<table><tr><td>a<td>b<tr><td>c</table>",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"),
        Case("empty elements", "a<br>b<br/>c<hr>", "a<br>b<br>c<hr>"),
        Case("comments", "a<!-- <script> -->b<!-->c<!--[if mso]>d<![endif]-->e", "abce"),
        Case("a comment that never ends", "a<!-- b", "a"),
        Case("declarations", "<!DOCTYPE html><?xml version='1'?>a<![if !mso]>b", "ab"),
        Case("a tag that never ends", "a<p onclick='x", "a"),
        Case("a less-than sign", "a < b <3 <", "a &lt; b &lt;3 &lt;"),
        Case("quotes in attributes", "<p title='a\"><script>x'>b</p>", "<p title=\"a&quot;&gt;&lt;script&gt;x\">b</p>"),
        Case("a greater-than sign in quotes", "<p title='>' onclick=x>b</p>", "<p title=\"&gt;\">b</p>"),
        Case("twice the same attribute", "<p title=a title=b>c</p>", "<p title=\"a\">c</p>"),
        Case(
            "references", "&eacute;&#233;&#xE9;&nbsp;&#128;&#0;&#xD800;&bogus;", "ééé\u{A0}€\u{FFFD}\u{FFFD}&amp;bogus;"
        ),
        Case("references without a semicolon", "&eacute &copy", "é ©"),
        Case("a declared charset that is wrong", "<meta charset=iso-8859-1>é", "é"),
    ])
    func safe(_ item: Case<String>) {
        #expect(seen(item.given).html == item.expected)
    }

    @Test(arguments: [
        "https://x.example/?a=1&copy=2", "http://x.example", "HTTP://x.example", "mailto:a@b.example",
        " https://x.example\n",
    ])
    func safeLinks(_ link: String) {
        let html = seen("<a href=\"\(link)\">x</a>").html ?? ""
        #expect(html.contains("href=\"\(link.split(separator: "&").joined(separator: "&amp;"))\""))
        #expect(html.contains("noopener"))
    }

    @Test(arguments: [
        "javascript:x", "JavaScript:x", " javascript:x", "java\tscript:x", "java\nscript:x", "java&#10;script:x",
        "&#106;avascript:x", "&#x6A;avascript&#58;x", "\u{1}javascript:x", "javascript&colon;x", "vbscript:x",
        "data:text/html,x", "ht\ntps://x.example", "file:///etc/passwd", "//x.example", "/x", "x",
        // They read as another address.
        "https://x.example/\u{202E}elpmaxe.y", "https://x.example/&#x202E;elpmaxe.y", "https://\u{2066}x.example",
    ])
    func unsafeLinks(_ link: String) {
        #expect(seen("<a href=\"\(link)\">x</a>").html == "<a>x</a>")
    }

    @Test(arguments: [
        Case("paragraphs", "<p>one</p><p>two</p>", "one\n\ntwo"),
        Case("lines", "one<br>two<div>three</div>four", "one\ntwo\nthree\nfour"),
        Case("blanks", "  a \n b&nbsp;&nbsp;c ", "a b c"),
        Case("list", "<ul><li>a<li>b</ul>", "- a\n- b"),
        Case("numbered list", "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        Case("nested list", "<ul><li>a<ul><li>b</ul></ul>", "- a\n  - b"),
        Case("table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        Case("quote", "a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"),
        Case("link", "<a href='https://x.example/'>here</a>", "here <https://x.example/>"),
        Case("link that is its own text", "<a href='https://x.example'>https://x.example</a>", "https://x.example"),
        Case(
            "links that never end", "<a href='https://x.example'>a<a href='https://y.example'>b",
            "a <https://x.example>b"),
        Case("preformatted", "<pre>a  b\n c</pre>", "a  b\n c"),
        Case("image", "<img alt=Logo src=http://x>", "[Logo]"),
        Case("hidden", "<head><title>t</title><style>s</style></head><script>x</script>a", "a"),
        Case("a head that never ends", "<head><title>t</title><p>a", "a"),
        Case("hidden by its style", "<div style='color:red; Display : NONE'>x<div>y</div>z</div>a", "a"),
        Case("hidden by its attribute", "<span hidden>x</span>a", "a"),
        Case("a hidden paragraph has no sure end", "<p style='display:none'>x<p>a", "x\n\na"),
        Case("rule", "a<hr>b", "a\n\n----\n\nb"),
    ])
    func readable(_ item: Case<String>) {
        #expect(seen(item.given).text == item.expected)
    }

    @Test func longTextIsNeitherTornNorDamaged() {
        let text = String(repeating: "é€&amp;😀", count: 20_000)
        #expect(seen(text).html == text)
        #expect(seen("<p>" + text).text == String(repeating: "é€&😀", count: 20_000))
    }

    private static func rubbish(_ seed: UInt64) -> String {
        let pieces = [
            "<p>", "</p>", "<b ", "<a href=", "'", "\"", ">", "<", "/", "javascript:", "https://x.example/",
            " onclick=", "x",
            "<img src=cid:a alt=", "<!--", "-->", "<script>", "</script>", "<svg>", "</svg>", "<table><td>", "<li>",
            "&#", "&lt;",
            "60;", "é", "\u{1}", "</b", "<style", "</style>", "=", " title=",
        ]
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<80).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return pieces[Int(state >> 16) & 31]
        }.joined()
    }

    /// Every piece behind a `<` is one of our own tags, written as we write them, and text without brackets.
    @Test(arguments: 0..<500) func whateverComesOnlyOurOwnTagsLeave(_ seed: UInt64) throws {
        let html = seen(Self.rubbish(seed)).html ?? ""
        let own = /\/?(p|b|a|img|table|td|li)( (href|rel|src|alt|title)="[^"<>]*")*>[^<>]*/
        for piece in html.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            #expect(try own.wholeMatch(in: piece) != nil, "\(piece)")
        }
        #expect(!html.contains("href=\"javascript"))
        #expect(html.isEmpty || seen(html).html == html)
    }

    @Test func plainMailHasNoHTML() { #expect(view("Subject: x\n\n<b>a</b>").html == nil) }
}
