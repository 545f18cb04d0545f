// A mail, as anybody may send one: it is read, its view is bounded, and what is read twice is the same.

import MaloteCore
import MaloteMessage
import MaloteTestKit

enum MessageFuzz {
    static func complaint(about octets: [UInt8]) -> String? {
        var limits = MailLimits()
        // Small, so that they are met.
        limits.headerOctets = 4096
        limits.fieldOctets = 512
        limits.parts = 20
        limits.depth = 8
        limits.text = 2000
        for limits in [limits, MailLimits()] {
            let codec = MailCodec(hashing: FakeHashing(), limits: limits)
            guard let view = try? codec.view(RawMessage(octets)), let again = try? codec.view(RawMessage(octets)) else {
                return "A mail cannot be read."
            }
            guard view == again else { return "A mail read twice is two mails." }
            guard view.text.utf8.count <= limits.text + 1024 else { return "The text is over its limit." }
        }
        return nil
    }
}
