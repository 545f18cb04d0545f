// The contents of attachments, as far as somebody wants them.

import Foundation
import MaloteCore
import Testing

@testable import MaloteMessage

@Suite struct FileTests {
    private static let mail = octets(
        """
        Subject: Files
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain

        Hello
        --b
        Content-Type: application/pdf; name="a.pdf"
        Content-Transfer-Encoding: base64

        aGVsbG8=
        --b
        Content-Type: text/plain
        Content-Disposition: attachment; filename="b.txt"

        line one
        line two
        --b
        Content-Type: application/x-empty; name="c.bin"

        --b--

        """)

    private func files(limit: Int) throws -> [OutgoingMessage.Attachment?] {
        try MailCodec(hashing: PlainHashing()).files(RawMessage(Self.mail), limit: limit)
    }

    @Test func theyComeInTheViewsOrder() throws {
        let view = try MailCodec(hashing: PlainHashing()).view(RawMessage(Self.mail))
        let files = try files(limit: 1000)
        #expect(files.map { $0?.name } == view.attachments.map(\.name))
        #expect(files.map { $0?.content.count } == view.attachments.map(\.size))
        #expect(files.map { $0?.type } == view.attachments.map(\.type))
        #expect(files[0]?.content == Array("hello".utf8))
        #expect(files[1]?.content == Array("line one\r\nline two".utf8))
    }

    @Test(arguments: [
        (0, [false, false, false]), (4, [false, false, true]), (5, [true, false, false]), (23, [true, true, false]),
    ])
    func whatIsOverTheLimitIsLeftOut(_ limit: Int, _ kept: [Bool]) throws {
        #expect(try files(limit: limit).map { $0 != nil } == kept)
    }

    @Test func oneAloneIsKeptHoweverLargeTheOthersAre() throws {
        let codec = MailCodec(hashing: PlainHashing())
        let wanted = try #require(try codec.view(RawMessage(Self.mail)).attachments[1].sha256)
        let files = try codec.files(RawMessage(Self.mail), limit: 18, only: wanted)
        #expect(files.map { $0 == nil } == [true, false, true])
        #expect(try codec.files(RawMessage(Self.mail), limit: 17, only: wanted).allSatisfy { $0 == nil })
    }
}
