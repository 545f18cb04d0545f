// Which attachments a contract does not take, and why; pure.

import MaloteCore

extension AttachmentPolicy {
    /// - Returns: why it is refused, in words; `nil` if it is not.
    package func refusal(of attachment: MessageView.Attachment) -> String? {
        // Windows drops dots and blanks at the end of a name, and opens what is left.
        var name = attachment.name.lowercased()[...]
        while let last = name.last, last == "." || last.isWhitespace { name = name.dropLast() }
        if let ending = forbid.first(where: { name.hasSuffix(".\($0)") }) {
            return "Names that end in .\(ending) are refused."
        }
        if let largest, attachment.size > largest {
            return "It has \(attachment.size) octets, and \(largest) are allowed."
        }
        return nil
    }
}
