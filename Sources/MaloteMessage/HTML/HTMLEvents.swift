// libxml2's HTML parser as a stream of events; keeps nothing and judges nothing.

import CXML

/// Takes what the parser sees. Names are lower case.
protocol HTMLReceiver: AnyObject {
    func start(_ name: String, _ attributes: [(name: String, value: String)])
    func end(_ name: String)
    func characters(_ text: String)
    /// True when nothing more is wanted.
    var isFull: Bool { get }
}

enum HTMLEvents {
    private static let chunk = 32 * 1024

    /// Parses leniently, in one pass, without a tree: time and memory are linear in the input.
    static func parse(_ html: String, into receiver: any HTMLReceiver) {
        let box = ReceiverBox(receiver)
        let context = Unmanaged.passUnretained(box).toOpaque()
        guard let parser = malote_html_push_parser(context, onStart, onEnd, onCharacters) else { return }
        defer { htmlFreeParserCtxt(parser) }
        var bytes = Array(html.utf8)
        bytes.withUnsafeMutableBytes { buffer in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            var offset = 0
            while offset < buffer.count, !receiver.isFull {
                let count = min(chunk, buffer.count - offset)
                htmlParseChunk(parser, start.map { $0 + offset }, Int32(count), 0)
                offset += count
            }
            htmlParseChunk(parser, start, 0, 1)
        }
        withExtendedLifetime(box) {}
    }
}

private final class ReceiverBox {
    let receiver: any HTMLReceiver
    init(_ receiver: any HTMLReceiver) { self.receiver = receiver }
}

private func receiver(_ context: UnsafeMutableRawPointer?) -> (any HTMLReceiver)? {
    context.map { Unmanaged<ReceiverBox>.fromOpaque($0).takeUnretainedValue().receiver }
}

private func text(_ pointer: UnsafePointer<xmlChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

private func onStart(
    _ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?,
    _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
) {
    guard let receiver = receiver(context), !receiver.isFull else { return }
    var list: [(name: String, value: String)] = []
    var index = 0
    while let attributes, let name = attributes[index], list.count < 100 {
        list.append((text(name).lowercased(), text(attributes[index + 1])))
        index += 2
    }
    receiver.start(text(name).lowercased(), list)
}

private func onEnd(_ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<xmlChar>?) {
    guard let receiver = receiver(context), !receiver.isFull else { return }
    receiver.end(text(name).lowercased())
}

private func onCharacters(_ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>?, _ length: Int32) {
    guard let receiver = receiver(context), !receiver.isFull, let text else { return }
    receiver.characters(String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self))
}
