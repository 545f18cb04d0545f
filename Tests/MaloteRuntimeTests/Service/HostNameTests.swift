// The name that SMTP servers are told: dotted, or an address literal.

import MaloteRuntime
import Testing

@Suite struct HostNameTests {
    @Test func itIsWhatSMTPAllows() {
        let name = HostName.fullyQualified
        let isLiteral = name == "[127.0.0.1]"
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isDomain =
            labels.count >= 2
            && labels.allSatisfy { label in
                !label.isEmpty
                    && label.utf8.allSatisfy {
                        $0 == 0x2D || $0 < 0x80 && Character(Unicode.Scalar($0)).isLetter || (0x30...0x39).contains($0)
                    }
            }
        #expect(isLiteral || isDomain)
    }
}
