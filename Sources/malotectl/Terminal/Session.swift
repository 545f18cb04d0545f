// One command's run: its arguments, the way to the daemon, and the way to the terminal.

import Foundation
import MaloteCore
import MaloteTransport

struct Session {
    let arguments: Arguments
    let isJSON: Bool
    private let client: ControlClient

    init(arguments: Arguments, isJSON: Bool, socket: String) {
        self.arguments = arguments
        self.isJSON = isJSON
        client = ControlClient(socket: socket)
    }

    // MARK: - The daemon

    /// - Throws: `Stop.refused` with the daemon's own words when it refuses.
    func ask(
        _ method: String, _ path: [String], query: [(String, String?)] = [], body: [UInt8] = [],
        type: String = "application/json", seconds: Int = 60
    ) throws -> Data {
        let type = body.isEmpty ? [] : ["Content-Type: \(type)"]
        let answer = try client.request(
            method, Self.target(path, query), body: body, headers: type, seconds: seconds)
        guard answer.status < 400 else { throw Self.refusal(answer) }
        return Data(answer.body)
    }

    func ask<T: Decodable>(
        _: T.Type, _ method: String, _ path: [String], query: [(String, String?)] = [], body: [UInt8] = []
    ) throws -> T {
        try JSONDecoder().decode(T.self, from: try ask(method, path, query: query, body: body))
    }

    /// A list, page by page.
    /// - Parameter most: items, unless `--limit` says otherwise.
    func list<Item: Listed & Codable>(
        _: Item.Type, _ path: [String], query: [(String, String?)], atMost most: Int = 1000
    ) throws -> [Item] {
        var query = query.filter { $0.0 != "limit" }
        var left = most
        if let text = arguments.value("--limit") {
            guard let number = Int(text), number > 0 else { throw Stop.usage("--limit needs a number above 0.") }
            left = number
        }
        var items: [Item] = []
        while left > 0 {
            let wanted = min(left, 1000)
            let page = try ask(
                [Item].self, "GET", path,
                query: query + [("after", items.last?.cursor), ("limit", "\(wanted)")])
            items += page
            query.removeAll { $0.0 == "after" }
            left -= page.count
            if page.count < wanted { break }
        }
        return items
    }

    /// Prints a list as the daemon would write it.
    func printJSON(_ items: [some Encodable]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        printJSON(try encoder.encode(items))
    }

    /// Hands an answer's octets on as they come.
    func download(
        _ path: [String], query: [(String, String?)], method: String = "GET",
        to sink: @escaping (UnsafeRawBufferPointer) -> Bool
    ) throws {
        let answer = try client.request(method, Self.target(path, query), seconds: 3600, sink: sink)
        guard answer.status >= 400 else { return }
        if answer.status == 410, case .refused(let text) = Self.refusal(answer) { throw Stop.gone(text) }
        throw Self.refusal(answer)
    }

    private static func target(_ path: [String], _ query: [(String, String?)]) -> String {
        let given = query.compactMap { name, value in value.map { "\(name)=\(encode($0))" } }
        return "/v1/" + path.map(encode).joined(separator: "/")
            + (given.isEmpty ? "" : "?" + given.joined(separator: "&"))
    }

    private static func encode(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }

    private static func refusal(_ answer: ControlClient.Answer) -> Stop {
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body)) else {
            return .refused("maloted answered \(answer.status).")
        }
        guard problem.errors.count > 1 else {
            return .refused((problem.errors.first?.description ?? problem.detail).printable)
        }
        let lines = problem.errors.map { "  \($0.description.printable)" }.joined(separator: "\n")
        return .refused("\(problem.errors.count) errors, nothing was changed:\n\(lines)")
    }

    // MARK: - The terminal

    /// Prints what the daemon answered, as it is.
    func printJSON(_ data: Data) {
        var text = String(decoding: data, as: UTF8.self)
        if !text.hasSuffix("\n") { text += "\n" }
        print(text, terminator: "")
    }

    /// A secret from standard input, where no list of processes shows it.
    static func secretLine(_ option: String) throws -> String {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw Stop.usage("\(option): standard input holds nothing.")
        }
        return line
    }

    /// - Parameter path: a file, or `-` for standard input.
    static func read(_ path: String) throws -> [UInt8] {
        if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Stop.refused("The file \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        return Array(data)
    }
}
