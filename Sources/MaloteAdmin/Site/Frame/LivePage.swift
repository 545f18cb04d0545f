// A page whose end is written while its beginning is already read; knows no page's content.

import MaloteCore

enum LivePage {
    /// Where in a page's body the rest is written. No text from outside can hold it, as texts are escaped.
    static let mark: HTMLText = "<!--live-->"

    /// - Parameters:
    ///   - page: with the mark in it.
    ///   - write: writes what stands in the mark's place.
    static func response(
        _ page: HTTPResponse, caller: Caller, write: @escaping @Sendable (LiveBody) async -> Void
    ) -> HTTPResponse {
        let parts = String(decoding: page.body, as: UTF8.self).split(
            separator: mark.markup, maxSplits: 1, omittingEmptySubsequences: false)
        let (head, tail) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        var response = page
        response.body = []
        // A proxy that gathers the whole answer would spoil it.
        response.headers["X-Accel-Buffering"] = "no"
        response.live = { live in
            live.write(head)
            await Caller.$current.withValue(caller) { await write(live) }
            live.write(tail)
        }
        return response
    }
}

extension LiveBody {
    func write(_ text: HTMLText) { write(text.markup) }
}
