// Base64 both ways, and what it refuses.

import MaloteCore
import MaloteTestKit
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func vectorsOfRFC4648(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == Array(encoded.utf8))
        #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zg==Zg==", "Zm9v\r\n", "Zm 9v", "Zm9v ", "Zm9v=", "Zg=a",
        "Zm_v", "Zm-v", "Zm9\u{e9}", "Zm8=\0",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }

    @Test func everyOctetComesBack() {
        var chance = Chance(seed: 1)
        for count in 0..<300 {
            let octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) }
            #expect(Base64.decode(Base64.encode(octets)) == octets)
        }
    }
}
