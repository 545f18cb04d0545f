// How pages look, and the header fields that keep them what they are; knows no page.

/// One style sheet inside each page, allowed by its digest and nothing else.
enum PageStyle {
    static let sheet: HTMLText = """
        :root{color-scheme:light dark;--ink:#1f2933;--paper:#f4f5f7;--card:#fff;--line:#9aa5b1;--soft:#52606d;
        --yes:#1f7a3d;--no:#b42318}
        @media(prefers-color-scheme:dark){:root{--ink:#f0f4f8;--paper:#151a21;--card:#1f2630;--line:#616e7c;
        --soft:#b8c4ce;--yes:#1f7a3d;--no:#b42318}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
        main{max-width:38rem;margin:2rem auto;padding:1.5rem;background:var(--card);border-radius:.5rem}
        h1{margin-top:0;font-size:1.5rem;line-height:1.25}
        .from,.hint,dt{color:var(--soft)}.hint{margin-top:.25rem;font-size:.875rem}
        dt{font-size:.875rem}dd{margin:0 0 .75rem;white-space:pre-wrap;overflow-wrap:anywhere}
        label{display:block;font-weight:600}
        textarea{width:100%;font:inherit;padding:.5rem;color:inherit;background:transparent;
        border:1px solid var(--line);border-radius:.25rem}
        button{font:inherit;font-weight:600;color:#fff;border:0;border-radius:.25rem;padding:.75rem 1.5rem;
        margin:0 .75rem .5rem 0;cursor:pointer}
        .approve{background:var(--yes)}.reject{background:var(--no)}
        :focus-visible{outline:3px solid #2f80ed;outline-offset:2px}
        """

    /// SHA-256 of the sheet in Base64; a test counts it again.
    static let digest = "ShOF/co649IhFSV1vSCd1LJ5qI+x0PddyLgZny31VsI="

    static let headers = [
        "Content-Security-Policy":
            "default-src 'none'; style-src 'sha256-\(digest)'; form-action 'self'; frame-ancestors 'none'; "
            + "base-uri 'none'",
        "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex",
    ]
}
