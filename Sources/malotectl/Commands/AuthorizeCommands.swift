// mailbox authorize: a person's leave to fetch tokens; the daemon talks to the provider, and keeps what comes.

import Foundation
import MaloteCore

enum AuthorizeCommands {
    private static let byInput = "--refresh-token-stdin"
    private static let patience = 20

    static let all = [
        Command(
            words: ["mailbox", "authorize"], positional: ["NAME"],
            options: [
                .init(name: byInput, help: "take a refresh token from standard input instead of asking a person")
            ],
            summary: "Let a mailbox fetch access tokens: open the page shown, type the code, accept",
            details: "For flow device-code and refresh-token. What is granted is stored sealed; nothing is printed. "
                + "With --json every state is one line.",
            run: authorize)
    ]

    private static func authorize(_ session: Session) throws {
        let path = ["mailboxes", session.arguments.positional[0], "authorization"]
        if session.arguments.has(byInput) { return try handIn(session, path) }
        let begun = try session.ask("POST", path, seconds: 45)
        var consent = try JSONDecoder().decode(Consent.self, from: begun)
        if session.isJSON { session.printJSON(begun) } else { show(consent) }
        fflush(nil)
        while consent.state == .waiting {
            let answer = try session.ask("GET", path, query: [("wait", "\(patience)")], seconds: patience + 60)
            consent = try JSONDecoder().decode(Consent.self, from: answer)
            if session.isJSON { session.printJSON(answer) } else { progress(consent) }
            fflush(nil)
        }
        if !session.isJSON { print("mailbox \(session.arguments.positional[0]) is authorized") }
    }

    private static func handIn(_ session: Session, _ path: [String]) throws {
        let token = try Session.secretLine(byInput)
        let body = try JSONSerialization.data(withJSONObject: ["refreshToken": token])
        let answer = try session.ask("POST", path, body: Array(body), seconds: 75)
        if session.isJSON { return session.printJSON(answer) }
        print("mailbox \(session.arguments.positional[0]) is authorized")
    }

    private static func show(_ consent: Consent) {
        print("Open this page in a browser, as the owner of the mailbox:\n")
        print("    \(consent.verificationURL.printable)\n")
        print("and type this code:\n")
        print("    \(consent.userCode.printable)\n")
        print("It is good for \(left(consent)). Waiting. (Ctrl-C gives up.)")
    }

    private static func progress(_ consent: Consent) {
        if consent.state == .waiting { print("Still waiting; the code is good for \(left(consent)) more.") }
    }

    private static func left(_ consent: Consent) -> String {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        return Ago.size((consent.expires - now).milliseconds)
    }
}
