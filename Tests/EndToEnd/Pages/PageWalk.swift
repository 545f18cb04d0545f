// Walks through all pages that links lead to, and judges each as a careful reader would; knows no page.

import Foundation
import MaloteTestKit

/// What is wrong with the pages of one installation, seen in one language.
struct PageWalk {
    /// Pages beyond these are not looked at: lists lead to more of the same.
    private static let limit = 200

    let browser: RealBrowser
    /// `http://127.0.0.1:PORT`
    let base: String
    let language: String
    /// Where pictures go; `nil` makes none.
    var pictures: String?

    /// The script of axe-core, a judge of how accessible pages are; `nil` asks nobody.
    private let axe = ProcessInfo.processInfo.environment["MALOTE_AXE"].flatMap {
        try? String(contentsOfFile: $0, encoding: .utf8)
    }

    private(set) var seen: [String] = []
    private(set) var faults: [String] = []

    init(_ browser: RealBrowser, base: String, language: String, pictures: String? = nil) {
        self.browser = browser
        self.base = base
        self.language = language
        self.pictures = pictures
    }

    mutating func walk(from start: String = "/") throws {
        // What was before is another's: the browser's own first page asks for a lot.
        _ = try (browser.requests(), browser.complaints())
        var waiting = [start]
        var known: Set<String> = [start]
        while let path = waiting.first, seen.count < Self.limit {
            waiting.removeFirst()
            seen.append(path)
            for link in try look(at: path) where Self.isPage(link) && known.insert(link).inserted {
                waiting.append(link)
            }
        }
    }

    /// Files are not pages, and another language is another walk.
    private static func isPage(_ path: String) -> Bool {
        let tail = path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        return path.hasPrefix("/") && tail.first != "language" && tail.first != "v1" && tail.last != "raw"
            && tail.last != "html"
            && !tail.contains("attachments")
    }

    /// - Returns: the paths that the page links to.
    private mutating func look(at path: String) throws -> [String] {
        try browser.open(base + path)
        let found = try browser.run(Self.survey) as? [String: Any] ?? [:]
        for fault in found["faults"] as? [String] ?? ["could not be surveyed"] { faults.append("\(path): \(fault)") }
        if found["language"] as? String != language {
            faults.append("\(path): is in \(found["language"] ?? "no language")")
        }
        for complaint in try browser.complaints() { faults.append("\(path): the browser says: \(complaint)") }
        for address in try browser.requests() where !address.hasPrefix(base + "/") && !address.hasPrefix("data:") {
            faults.append("\(path): asks for \(address)")
        }
        if let pictures { try take(path, pictures) }
        if let axe { for fault in try judge(by: axe) { faults.append("\(path): \(fault)") } }
        let links = found["links"] as? [String] ?? []
        return links.compactMap { link in
            guard link.hasPrefix(base + "/") else { return nil }
            return String(String(link.dropFirst(base.count)).prefix { $0 != "#" })
        }
    }

    private func judge(by axe: String) throws -> [String] {
        let rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], iframes: false}"
        let found = try browser.runToItsEnd(
            """
            \(axe); const done = arguments[arguments.length - 1];
            axe.run(\(rules)).then(r => done(r.violations.map(v => v.id + ': ' + v.help + ': ' + v.nodes[0].html)), e => done([String(e)]));
            """)
        return (found as? [String] ?? ["axe said nothing"]).map { String($0.prefix(300)) }
    }

    private func take(_ path: String, _ folder: String) throws {
        let name = path.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" }
        try browser.picture(to: "\(folder)/\(String(name).prefix(80)).png")
    }

    /// What a page must have and must not have, judged in the browser itself.
    private static let survey = """
        const faults = [], all = (s) => [...document.querySelectorAll(s)], text = (e) => (e.textContent || '').trim();
        const status = performance.getEntriesByType('navigation')[0].responseStatus;
        if (status !== 200) faults.push('answers ' + status);
        if (all('h1').length !== 1) faults.push(all('h1').length + ' headings of the first order');
        if (document.scripts.length) faults.push('has a script');
        if (all('[style]').length) faults.push('has styles of its own: ' + all('[style]')[0].outerHTML.slice(0, 80));
        const ids = all('[id]').map(e => e.id);
        ids.filter((id, n) => ids.indexOf(id) !== n).forEach(id => faults.push('twice the id ' + id));
        for (const e of all('input:not([type=hidden]),select,textarea'))
            if (!(e.labels && e.labels.length) && !e.getAttribute('aria-label')) faults.push('no label for ' + e.name);
        for (const e of all('[aria-describedby],[aria-labelledby]'))
            for (const id of ((e.getAttribute('aria-describedby') || '') + ' ' + (e.getAttribute('aria-labelledby') || '')).split(' '))
                if (id && !document.getElementById(id)) faults.push('nothing has the id ' + id);
        for (const e of all('a[href],button')) if (!text(e) && !e.getAttribute('aria-label')) faults.push('a link or button without words: ' + e.outerHTML.slice(0, 80));
        for (const e of all('table')) if (!e.querySelector('caption')) faults.push('a table without a caption');
        for (const e of all('img,svg,iframe')) if (!e.getAttribute('alt') && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby') && !e.getAttribute('aria-hidden') && !e.getAttribute('title')) faults.push('a picture without words: ' + e.outerHTML.slice(0, 80));
        for (const e of all('form[method=post]')) if (!e.querySelector('[name=form-key]')) faults.push('a form without its key: ' + e.action);
        let level = 0;
        for (const e of all('h1,h2,h3,h4')) { const n = +e.tagName[1]; if (n > level + 1) faults.push('a heading leaps to ' + e.tagName); level = n; }
        if (document.documentElement.scrollWidth > innerWidth + 1) faults.push('is wider than the window: ' + document.documentElement.scrollWidth);
        if (/undefined|\\bnil\\b|Optional\\(|\\{[a-z]+\\}/.test((document.querySelector('main') || document.body).innerText.replace(/\\{\\{[^}]*\\}\\}/g, '').split('\\n').filter(l => !l.includes('":')).join(' '))) faults.push('prints something unfinished');
        return {faults, language: document.documentElement.lang, links: all('a[href]').map(a => a.href)};
        """
}
