// The peer: Python's email package reads the same mails; knows no figure of Malote.

import Foundation

/// It is asked for the same things: subject, addresses, both bodies as text, the digest of every attachment. It makes no
/// HTML safe and looks for no quotes.
enum Peer {
    /// - Returns: the processor's seconds for all of them, without starting Python and reading files.
    static func seconds(for mails: [[UInt8]]) throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parse-speed-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (number, mail) in mails.enumerated() {
            try Data(mail).write(to: folder.appendingPathComponent("\(number)"))
        }
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", script, folder.path]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        guard let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw Failed() }
        return seconds
    }

    private struct Failed: Error {}

    private static let script = """
        import email, email.policy, hashlib, os, sys, time
        folder = sys.argv[1]
        mails = [open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)]
        began = time.process_time()
        for octets in mails:
            mail = email.message_from_bytes(octets, policy=email.policy.default)
            str(mail["subject"])
            for field in ("from", "to", "cc"):
                [(a.display_name, a.addr_spec) for value in mail.get_all(field, []) for a in value.addresses]
            for kind in ("plain", "html"):
                part = mail.get_body((kind,))
                if part:
                    part.get_content()
            for part in mail.iter_attachments():
                part.get_filename()
                hashlib.sha256(part.get_payload(decode=True) or b"").digest()
        print(time.process_time() - began)
        """
}
