// One request of somebody who is signed in, with everything that a page needs; knows no page.

import MaloteCore

struct Visit: Sendable {
    /// What the caller may see and do, and no more.
    let control: any Control
    let caller: Caller
    let language: PageLanguage
    let request: HTTPRequest
    /// Of a POST; empty otherwise.
    let form: FormFields
    /// To be sent along with every form.
    let formKey: String
    /// What the last action left to tell; shown by the layout.
    let notice: String?
    let now: Timestamp
    /// Leaves a sentence for the page that is shown next.
    let leaveNotice: @Sendable (String) -> Void

    var frame: FrameWords { words(FrameWords.self) }

    func words<Words: PageWords>(_ kind: Words.Type) -> Words { language.words(kind) }

    var isPost: Bool { request.method == "POST" }

    /// To the page at `path`, after something was done (303), telling `notice` there.
    func redirect(to path: String, notice: String? = nil) -> HTTPResponse {
        if let notice { leaveNotice(notice) }
        return .redirect(to: path)
    }

    /// For a path of a page with a method that it does not take.
    func requireMethod(_ methods: String...) throws(Problem) {
        let method = request.method == "HEAD" ? "GET" : request.method
        guard methods.contains(method) else { throw AdminRouter.notAllowed(request, methods) }
    }
}

extension HTTPResponse {
    static func redirect(to path: String) -> HTTPResponse {
        var response = HTTPResponse(status: 303, type: "text/plain; charset=utf-8", body: [])
        response.headers["Location"] = path
        return response
    }
}

extension String {
    /// As one segment of a path, or as a value of a query.
    var inAddress: String {
        var output = ""
        for byte in utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            if isPlain {
                output.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                output += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return output
    }
}
