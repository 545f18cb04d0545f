// What this machine is called, in the form that SMTP servers want; knows no SMTP.

import Foundation
import MaloteCore

package enum HostName {
    /// The fully qualified name if the system knows one, else an address literal (RFC 5321 §4.1.3).
    package static var fullyQualified: String {
        var bytes = [CChar](repeating: 0, count: 256)
        gethostname(&bytes, bytes.count - 1)
        let name = text(bytes)
        if isUsable(name) { return name }
        var hints = addrinfo()
        hints.ai_flags = AI_CANONNAME
        var list: UnsafeMutablePointer<addrinfo>?
        defer { if let list { freeaddrinfo(list) } }
        if getaddrinfo(name, nil, &hints, &list) == 0, let canonical = list?.pointee.ai_canonname {
            let full = String(cString: canonical)
            if isUsable(full) { return full }
        }
        return "[127.0.0.1]"
    }

    /// What the system calls itself, qualified or not.
    package static var short: String {
        var bytes = [CChar](repeating: 0, count: 256)
        gethostname(&bytes, bytes.count - 1)
        let name = text(bytes)
        return name.isEmpty ? "localhost" : name
    }

    /// Tells this installation of an operating system from all others (machine-id(5)); its name where it has none.
    package static var machine: String {
        let bytes = FileManager.default.contents(atPath: "/etc/machine-id") ?? Data()
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        return text.isEmpty ? short : text
    }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isUsable(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.allSatisfy { $0.isHostNameByte }
            }
    }
}

extension UInt8 {
    fileprivate var isHostNameByte: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x2D
    }
}
