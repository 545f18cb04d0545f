// Which files a step sends along; pure, reads none of them.

import MaloteCore

extension FlowRun {
    /// Octets of all files of a mail that go along.
    package static let fileOctets = 10_000_000

    /// Those of the occasion's mail that the contract takes, as far as there is room for them.
    var mailFiles: (places: [Int], leftOut: [String]) {
        var (places, leftOut, octets) = ([Int](), [String](), 0)
        for (place, attachment) in (view?.attachments ?? []).enumerated() {
            if let refusal = contract.attachments.refusal(of: attachment) {
                leftOut.append("\(attachment.name) does not go along. \(refusal)")
            } else if attachment.size > Self.fileOctets - octets {
                leftOut.append(
                    "\(attachment.name) does not go along: all files together may have \(Octets.write(Self.fileOctets))."
                )
            } else {
                places.append(place)
                octets += attachment.size
            }
        }
        return (places, leftOut)
    }

    /// What a trigger brought.
    var triggerFiles: [OutgoingMessage.Attachment] {
        occasion.files.compactMap { file in
            Base64.decode(Array(file.base64.utf8)).map { .init(name: file.name, type: file.type, content: $0) }
        }
    }
}
