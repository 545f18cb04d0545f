// How the pages look, and the header fields that keep them what they are; knows no page.

enum SiteStyle {
    /// Changes with the sheet, so that browsers may keep it (FNV-1a: it is a name, not a proof).
    static let path: String = {
        let digest = sheet.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "/assets/malote-\(String(digest, radix: 16)).css"
    }()

    /// Nothing runs, nothing comes from elsewhere, nobody frames it.
    static let headers = [
        "Content-Security-Policy":
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
            + "base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    ]

    static let sheet = frame + FormStyle.sheet

    private static let frame = """
        :root{color-scheme:light dark;--ink:#1b2430;--soft:#55606e;--paper:#f3f5f8;--card:#fff;--line:#cfd6df;
        --edge:#7b8794;--link:#1d4f91;--fill:#1d4f91;--on-fill:#fff;--good:#17693a;--good-back:#e0f3e7;--warn:#8a5300;
        --warn-back:#fdf0d5;--bad:#a61b1b;--bad-back:#fde8e8;--calm:#44515f;--calm-back:#e6eaef;--mark:#eaf1fb}
        @media(prefers-color-scheme:dark){:root{--ink:#e8edf3;--soft:#a9b5c3;--paper:#12171e;--card:#1b222c;
        --line:#36414e;--edge:#7c8a99;--link:#8fbdf5;--fill:#2f6fbe;--on-fill:#fff;--good:#7fd8a2;--good-back:#163423;
        --warn:#f2c56f;--warn-back:#3a2c10;--bad:#ff9d9d;--bad-back:#421b1d;--calm:#b8c4d1;--calm-back:#2a333f;
        --mark:#202c3b}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
        a{color:var(--link)}
        h1{font-size:1.5rem;line-height:1.25;margin:0;overflow-wrap:anywhere}
        h2{font-size:1.125rem;margin:1.75rem 0 .5rem}
        h3{font-size:1rem;margin:1.25rem 0 .25rem}
        :focus-visible{outline:3px solid #2f80ed;outline-offset:2px;border-radius:2px}
        .skip{position:absolute;left:-999px}.skip:focus{left:.5rem;top:.5rem;background:var(--card);padding:.5rem;z-index:9}
        .bar{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;
        padding:.5rem 1.25rem;background:var(--card);border-bottom:1px solid var(--line)}
        .brand{font-weight:700;font-size:1.125rem;letter-spacing:.02em;color:inherit;text-decoration:none}
        .who{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;font-size:.875rem;color:var(--soft)}
        .who form{margin:0}
        .frame{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:0 1.5rem;max-width:90rem;margin:0 auto;
        padding:1rem 1.25rem 3rem}
        .menu ul{list-style:none;margin:0 0 .75rem;padding:0}
        .menu .part{margin:.5rem 0 .25rem .5rem;font-size:.75rem;font-weight:600;text-transform:uppercase;
        letter-spacing:.06em;color:var(--soft)}
        .menu a{display:block;padding:.3rem .5rem;border-radius:.25rem;text-decoration:none;color:inherit}
        .menu a:hover{background:var(--mark)}
        .menu a[aria-current]{background:var(--mark);font-weight:600;box-shadow:inset 3px 0 0 var(--fill)}
        main{min-width:0}main:focus{outline:none}
        .narrow{max-width:30rem;margin:3rem auto;padding:1.5rem;background:var(--card);border:1px solid var(--line);
        border-radius:.5rem}.narrow h1{margin-bottom:1rem}
        .heading{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;
        margin-bottom:1rem}
        .actions{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}.actions form{margin:0}
        .actions .button::first-letter,.actions button::first-letter{text-transform:uppercase}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;margin:0 0 1rem}
        .card>:first-child{margin-top:0}.card>:last-child{margin-bottom:0}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:1rem;margin:0 0 1rem}
        .cards .card{margin:0}.figure{font-size:1.75rem;font-weight:600;line-height:1.2}
        .scroll{position:relative;overflow-x:auto;margin:0 0 1rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
        table{border-collapse:collapse;width:100%;font-size:.9375rem}
        caption{text-align:left;padding:.5rem .75rem;color:var(--soft);font-size:.875rem}
        th,td{text-align:left;vertical-align:top;padding:.45rem .75rem;border-top:1px solid var(--line)}
        thead th{border-top:0;font-size:.8125rem;color:var(--soft);white-space:nowrap}
        tbody th{font-weight:600}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        tbody tr:hover{background:var(--mark)}
        .wide{display:inline-block;overflow-wrap:anywhere;min-width:11rem}.tight{white-space:nowrap}
        .pill{display:inline-block;padding:.05rem .5rem;border-radius:1rem;font-size:.8125rem;font-weight:600;
        white-space:nowrap;background:var(--calm-back);color:var(--calm)}
        .pill.good{background:var(--good-back);color:var(--good)}.pill.warn{background:var(--warn-back);color:var(--warn)}
        .pill.bad{background:var(--bad-back);color:var(--bad)}
        .notice,.alert,.remark{padding:.6rem .9rem;border-radius:.35rem;margin:0 0 1rem;border-left:4px solid}
        .notice{background:var(--good-back);border-color:var(--good)}.alert{background:var(--bad-back);border-color:var(--bad)}
        .remark{background:var(--warn-back);border-color:var(--warn)}
        .soft,.hint{color:var(--soft)}.hint{margin:.25rem 0 0;font-size:.875rem}.empty{color:var(--soft);padding:.75rem}
        dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1.25rem;margin:0}
        dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}
        form.stack{max-width:44rem}
        fieldset{border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1.25rem 1rem;margin:0 0 1rem;
        background:var(--card);min-width:0}
        legend{font-weight:600;padding:0 .35rem}
        .field{margin:.75rem 0}.field>label,.field>.label{display:block;font-weight:600;margin-bottom:.2rem}
        .choice{display:flex;gap:.5rem;align-items:baseline;margin:.35rem 0}.choice label{font-weight:400}
        .row{display:flex;flex-wrap:wrap;gap:0 1.25rem}.row>.field{flex:1 1 12rem}
        input:not([type=checkbox]):not([type=radio]),select,textarea{width:100%;max-width:100%;font:inherit;color:inherit;
        padding:.4rem .55rem;background:var(--card);border:1px solid var(--edge);border-radius:.25rem}
        textarea{min-height:5rem}textarea.code,pre,code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.875rem}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
        [aria-invalid=true]{border-color:var(--bad);border-width:2px}.fault{color:var(--bad);font-size:.875rem;margin:.2rem 0 0}
        button,.button{display:inline-block;font:inherit;font-weight:600;line-height:1.5;color:var(--on-fill);
        background:var(--fill);border:1px solid var(--fill);border-radius:.3rem;padding:.35rem .9rem;cursor:pointer;
        text-decoration:none}
        button:hover,.button:hover{filter:brightness(1.08)}
        .second{background:transparent;color:var(--link);border-color:var(--edge)}
        .danger{background:#a61b1b;border-color:#a61b1b;color:#fff}
        .quiet{background:none;border:0;padding:0;color:var(--link);font-weight:400;text-decoration:underline}
        .filters{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:end;margin:0 0 1rem}
        .filters label{display:block;font-size:.8125rem;color:var(--soft)}.filters input,.filters select{width:auto}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .steps{list-style:none;margin:0;padding:0}.steps li{padding:.4rem 0;border-top:1px solid var(--line)}
        .steps li:first-child{border-top:0}
        summary{cursor:pointer;font-weight:600}details[open]>summary{margin-bottom:.75rem}
        iframe.mail{width:100%;height:32rem;resize:vertical;border:1px solid var(--line);border-radius:.35rem;background:#fff}
        iframe.short{height:14rem}
        svg.chart{width:100%;height:auto;display:block}.chart text{font-size:11px;fill:var(--soft)}
        .chart .rule{stroke:var(--line)}.line{fill:none;stroke-width:2}
        .line-1{stroke:var(--link)}.line-2{stroke:var(--warn);stroke-dasharray:6 3}
        .line-3{stroke:var(--bad);stroke-dasharray:2 3}figure{margin:.75rem 0}
        .keys{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0 0;padding:0;font-size:.875rem}
        .keys svg{width:1.75rem;height:.5rem;vertical-align:middle}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:0 1.5rem}
        @media(max-width:50rem){.frame{grid-template-columns:minmax(0,1fr)}.menu{margin-bottom:1rem}
        .menu ul{display:flex;flex-wrap:wrap;gap:.15rem}.menu .part{display:none}dl.facts{grid-template-columns:minmax(0,1fr);gap:0}dl.facts dd{margin-bottom:.35rem}}
        """
}
