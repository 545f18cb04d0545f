// Drives a headless Chromium by the W3C WebDriver protocol, through chromedriver; knows no page.

import Foundation
import Synchronization

/// One browser window with a profile of its own. Only for tests: it blocks the calling thread.
package final class RealBrowser: Sendable {
    private static let driver = "/usr/bin/chromedriver"
    private static let element = "element-6066-11e4-a52e-4f735466cecf"

    package static var isPossible: Bool {
        FileManager.default.isExecutableFile(atPath: driver)
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")
    }

    private let folder: String
    private let port: Int
    private let child: Child
    private let session = Mutex("")

    /// - Parameters:
    ///   - language: the browser's, as in Accept-Language.
    ///   - size: of the window, in pixels.
    package init(
        in folder: String, language: String = "en", size: (width: Int, height: Int) = (1280, 1400), isDark: Bool = false
    ) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.folder = folder
        let log = folder + "/driver.log"
        child = try Child(Self.driver, ["--port=0"], environment: ["HOME": folder], output: log, errors: log)
        let found = Mutex(0)
        _ = try await eventually {
            let port = Self.port(in: log)
            found.withLock { $0 = port ?? 0 }
            return port != nil
        }
        port = found.withLock { $0 }
        try begin(language, size, isDark)
    }

    /// It takes a free port and says which.
    private static func port(in log: String) -> Int? {
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        return text.firstMatch(of: /successfully on port ([0-9]+)/).flatMap { Int($0.output.1) }
    }

    private func begin(_ language: String, _ size: (width: Int, height: Int), _ isDark: Bool) throws {
        var arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--lang=\(language)",
            "--accept-lang=\(language)", "--window-size=\(size.width),\(size.height)",
            "--user-data-dir=\(folder)/profile",
            // Whatever a page asks of another host leads here, and shows in `requests`.
            "--host-resolver-rules=MAP * 127.0.0.1",
        ]
        if isDark { arguments.append("--blink-settings=preferredColorScheme=0") }
        let options: [String: Any] = [
            "args": arguments, "binary": "/usr/bin/chromium",
            "prefs": ["intl.accept_languages": language, "profile.password_manager_leak_detection": false],
        ]
        let wanted: [String: Any] = [
            "goog:chromeOptions": options, "goog:loggingPrefs": ["performance": "ALL", "browser": "ALL"],
            "unhandledPromptBehavior": "ignore",
        ]
        let answer = try command("POST", "/session", ["capabilities": ["alwaysMatch": wanted]])
        guard let id = answer["sessionId"] as? String else {
            throw Program.Failed(description: "Chromium did not start: \(answer)")
        }
        session.withLock { $0 = id }
    }

    deinit {
        _ = try? command("DELETE", path(""))
        child.signal(SIGTERM)
        _ = child.wait(within: .seconds(5))
    }

    // MARK: - What a person does

    package func open(_ address: String) throws { try tell("/url", ["url": address]) }

    package var address: String {
        get throws { try value(command("GET", path("/url"))) as? String ?? "" }
    }

    /// Clicks the first element of this CSS selector; waits for nothing but what the driver waits for itself.
    package func click(_ selector: String) throws { try tell("/element/\(find(selector))/click", [:]) }

    package func type(_ text: String, into selector: String) throws {
        let found = try find(selector)
        try tell("/element/\(found)/clear", [:])
        try tell("/element/\(found)/value", ["text": text])
    }

    package func has(_ selector: String) throws -> Bool {
        let found = try value(command("POST", path("/elements"), ["using": "css selector", "value": selector]))
        return (found as? [Any])?.isEmpty == false
    }

    /// What the page says, as it is seen.
    package var text: String {
        get throws { try run("return document.body.innerText") as? String ?? "" }
    }

    /// The value of a script, run from outside the page's own rules.
    package func run(_ script: String) throws -> Any {
        try value(command("POST", path("/execute/sync"), ["script": script, "args": [Any]()]))
    }

    /// What a script hands to the function that is its last argument.
    package func runToItsEnd(_ script: String) throws -> Any {
        try value(command("POST", path("/execute/async"), ["script": script, "args": [Any]()]))
    }

    /// Whether a page has opened a dialog.
    package var hasDialog: Bool {
        get throws { try command("GET", path("/alert/text"))["text"] != nil }
    }

    /// A picture of the whole page.
    package func picture(to file: String) throws {
        guard let text = try value(command("GET", path("/screenshot"))) as? String, let data = Data(base64Encoded: text)
        else { throw Program.Failed(description: "no picture") }
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try data.write(to: URL(fileURLWithPath: file))
    }

    package func resize(width: Int, height: Int) throws {
        try tell("/window/rect", ["width": width, "height": height, "x": 0, "y": 0])
    }

    // MARK: - What the browser noticed

    /// Every address that was asked for since the last look.
    package func requests() throws -> [String] {
        try log("performance").compactMap { entry in
            guard let text = entry["message"] as? String,
                let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                let message = whole["message"] as? [String: Any],
                message["method"] as? String == "Network.requestWillBeSent",
                let request = (message["params"] as? [String: Any])?["request"] as? [String: Any]
            else { return nil }
            return request["url"] as? String
        }
    }

    /// What the browser complained of since the last look: refused loads, faults of markup, answers like 404.
    package func complaints() throws -> [String] {
        // Lesser ones are advice: that a form with a password should ask for a user, too.
        try log("browser").filter { ["WARNING", "SEVERE"].contains($0["level"] as? String ?? "") }
            .compactMap { $0["message"] as? String }
    }

    private func log(_ kind: String) throws -> [[String: Any]] {
        try value(command("POST", path("/se/log"), ["type": kind])) as? [[String: Any]] ?? []
    }

    // MARK: - The protocol

    private func find(_ selector: String) throws -> String {
        let answer = try command("POST", path("/element"), ["using": "css selector", "value": selector])
        guard let id = answer[Self.element] as? String else {
            throw Program.Failed(description: "the page has no \(selector): \(try text.prefix(2000))")
        }
        return id
    }

    private func path(_ rest: String) -> String { "/session/\(session.withLock { $0 })\(rest)" }

    private func tell(_ rest: String, _ body: [String: Any]) throws {
        let answer = try command("POST", path(rest), body)
        if let error = answer["error"] as? String {
            throw Program.Failed(description: "\(rest): \(error): \(answer["message"] ?? "")")
        }
    }

    private func value(_ answer: [String: Any]) throws -> Any {
        if let error = answer["error"] as? String {
            throw Program.Failed(description: "\(error): \(answer["message"] ?? "")")
        }
        return answer["value"] ?? answer
    }

    /// - Returns: the answer's value where it is an object; else the answer.
    private func command(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> [String: Any] {
        var words = ["--silent", "--max-time", "60", "-X", method, "http://127.0.0.1:\(port)\(path)"]
        var input = ""
        if let body {
            words += ["-H", "Content-Type: application/json", "--data-binary", "@-"]
            input = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
        }
        let output = try Program.succeed("/usr/bin/curl", words, input: input)
        let answer = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
        return answer["value"] as? [String: Any] ?? answer
    }
}
