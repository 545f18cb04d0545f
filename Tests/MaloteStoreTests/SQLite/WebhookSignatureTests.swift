// Signatures of requests to receivers by the real hash, against what Standard Webhooks publishes.

import MaloteCore
import MaloteStore
import Testing

@Suite struct WebhookSignatureTests {
    /// The example of the Standard Webhooks libraries: what they verify, we sign.
    @Test func thePublishedExample() throws {
        let key = try #require(Base64.decode(Array("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8)))
        let signed = Array(#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#.utf8)
        let signature = String(decoding: Base64.encode(OpenSSLHashing().hmacSHA256(key: key, signed)), as: UTF8.self)
        #expect(signature == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }
}
