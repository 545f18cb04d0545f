// JSON bodies of requests, and what is wrong with them in the operator's words; knows no route.

import Foundation
import MaloteCore

extension AdminRouter {
    /// The header is a structured string: `"key"` with its quotes.
    static func idempotencyKey(_ request: HTTPRequest) -> String? {
        request.headers["idempotency-key"].map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" ")) }
    }

    static func decode<Body: Decodable>(_: Body.Type, _ body: [UInt8]) throws(Problem) -> Body {
        do { return try JSONDecoder().decode(Body.self, from: Data(body)) } catch { throw describe(error) }
    }

    private static func describe(_ error: any Error) -> Problem {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            invalid(path(context.codingPath + [key]), "is missing.", "Give it a value.")
        case DecodingError.typeMismatch(let type, let context) where !context.codingPath.isEmpty,
            DecodingError.valueNotFound(let type, let context) where !context.codingPath.isEmpty:
            invalid(path(context.codingPath), "has the wrong type.", type == String.self ? "Write a text." : "")
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            invalid(path(context.codingPath), "is not Base64.", "Encode the octets as RFC 4648 §4 says.")
        default: invalid("", "the body is not a JSON object.", "Write it as {\"name\": value, ...}.")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var path = ""
        for key in keys {
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return path
    }
}
