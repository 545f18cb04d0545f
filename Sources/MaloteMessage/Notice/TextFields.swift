// Fields for machines that stand in a text for people; knows no recipient.

import MaloteCore

enum TextFields {
    /// Groups as the blank lines part them; empty if no recipient is among them.
    static func groups(_ lines: [NoticeText.Line], limit: Int) -> [[MessageView.Header]] {
        var groups: [[MessageView.Header]] = []
        var group: [MessageView.Header] = []
        var isOpen = false
        var hasRecipient = false
        for line in lines {
            if line.isBlank {
                if !group.isEmpty, groups.count < limit { groups.append(group) }
                group = []
                isOpen = false
            } else if let field = field(line) {
                isOpen = group.count < 100
                if isOpen { group.append(field) }
                hasRecipient = hasRecipient || field.name.hasSuffix("-recipient")
            } else if isOpen, line.indent > 0 || ReplyCode.start(of: line.octets) != nil {
                let value = group[group.count - 1].value + " " + line.text
                group[group.count - 1].value = value.cut(toOctets: 2000)
            } else {
                isOpen = false
            }
        }
        if !group.isEmpty, groups.count < limit { groups.append(group) }
        return hasRecipient ? groups : []
    }

    private static let names: Set<String> = [
        "final-recipient", "original-recipient", "x-actual-recipient", "action", "status", "diagnostic-code",
        "reporting-mta",
        "original-envelope-id", "remote-mta", "arrival-date", "last-attempt-date", "will-retry-until",
        "received-from-mta", "final-log-id",
    ]

    private static func field(_ line: NoticeText.Line) -> MessageView.Header? {
        guard let colon = line.octets.prefix(40).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = String(decoding: line.octets[..<colon], as: UTF8.self).lowercased()
        guard names.contains(name) else { return nil }
        return .init(
            name: name, value: String(decoding: line.octets[(colon + 1)...].prefix(2000), as: UTF8.self).trimmingBlanks)
    }
}
