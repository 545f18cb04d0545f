// The files inside a winmail.dat (MS-OXTNEF), as far as name, size and digest; unpacks nothing else.

import MaloteCore

/// A stream of attributes: level, id, length, data, checksum. Whatever does not look like one ends the reading; what was
/// found until then stays.
final class TNEFReader: FileReader {
    private enum Attribute {
        static let beginsFile: UInt32 = 0x0006_9002
        static let name: UInt32 = 0x0001_8010
        static let data: UInt32 = 0x0006_800F
        static let properties: UInt32 = 0x0006_9005
        static let codePage: UInt32 = 0x0006_9007
    }

    private enum State {
        case signature, attribute
        case data(id: UInt32, left: Int)
        case checksum
        case over
    }

    private struct File {
        var name: [UInt8] = []
        var longName: TNEFProperties.Name?
        var sink: FileSink
    }

    private static let signature: UInt32 = 0x223E_9F78
    /// Octets of an attribute that is looked at.
    private static let valueLimit = 64 * 1024

    private let hashing: any Hashing
    private let limit: Int
    private var state = State.signature
    /// What came of the field under way.
    private var held: [UInt8] = []
    private var codePage = "windows-1252"
    private var file: File?
    private var files: [InnerFile] = []

    /// - Parameter limit: how many files are named.
    init(_ hashing: any Hashing, limit: Int) {
        self.hashing = hashing
        self.limit = limit
    }

    func read(_ octets: UnsafeRawBufferPointer) {
        var rest = octets
        while !rest.isEmpty {
            switch state {
            case .signature: if gather(6, &rest) { endSignature() }
            case .attribute: if gather(9, &rest) { endAttributeHead() }
            case .data(let id, let left): readData(id, left, &rest)
            case .checksum:
                if gather(2, &rest) {
                    held = []
                    state = .attribute
                }
            case .over: return
            }
        }
    }

    func finish() -> FileContent.Inside {
        endFile()
        return .files(files)
    }

    /// - Returns: whether so many octets are held now.
    private func gather(_ count: Int, _ rest: inout UnsafeRawBufferPointer) -> Bool {
        let taken = min(count - held.count, rest.count)
        held += rest[..<taken]
        rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
        return held.count == count
    }

    private func endSignature() {
        state = held.littleEndian32(at: 0) == Self.signature ? .attribute : .over
        held = []
    }

    private func endAttributeHead() {
        let (level, id, length) = (held[0], held.littleEndian32(at: 1), held.littleEndian32(at: 5))
        held = []
        guard level == 1 || level == 2, files.count < limit else {
            state = .over
            return
        }
        if id == Attribute.beginsFile {
            endFile()
            file = File(sink: FileSink(hashing))
        }
        state = length == 0 ? .checksum : .data(id: id, left: Int(length))
    }

    private func readData(_ id: UInt32, _ left: Int, _ rest: inout UnsafeRawBufferPointer) {
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(left))
        rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
        if id == Attribute.data {
            file?.sink.write(piece)
        } else if [Attribute.name, Attribute.properties, Attribute.codePage].contains(id) {
            held += piece.prefix(Self.valueLimit - held.count)
        }
        guard piece.count == left else {
            state = .data(id: id, left: left - piece.count)
            return
        }
        take(id)
        held = []
        state = .checksum
    }

    private func take(_ id: UInt32) {
        switch id {
        case Attribute.name: file?.name = held.prefix { $0 != 0 } + []
        case Attribute.properties: file?.longName = TNEFProperties.fileName(held)
        case Attribute.codePage: codePage = "cp\(held.littleEndian32(at: 0))"
        default: break
        }
    }

    private func endFile() {
        guard let file else { return }
        self.file = nil
        let content = file.sink.content()
        let name = file.longName.map { Charset.decode($0.octets[...], label: $0.isWide ? "utf-16le" : codePage) }
        files.append(
            InnerFile(
                name: name ?? Charset.decode(file.name[...], label: codePage), size: content.size,
                sha256: content.sha256))
    }
}

/// The MAPI properties of a file in a winmail.dat, read as far as its long name.
enum TNEFProperties {
    struct Name {
        var octets: [UInt8]
        /// UTF-16, else the code page of the winmail.dat.
        var isWide: Bool
    }

    private static let longFileName: UInt32 = 0x3707

    static func fileName(_ octets: [UInt8]) -> Name? {
        var place = 4
        for _ in 0..<min(octets.littleEndian32(at: 0), 200) {
            guard place + 4 <= octets.count else { return nil }
            let (type, id) = (octets.littleEndian32(at: place) & 0xFFFF, octets.littleEndian32(at: place) >> 16)
            place += 4
            if id >= 0x8000 { skipName(octets, &place) }
            guard let value = value(octets, &place, type) else { return nil }
            if id == longFileName { return Name(octets: value, isWide: type == 0x001F) }
        }
        return nil
    }

    /// A property with a name of its own: an identifier of 16 octets, then a number or a text.
    private static func skipName(_ octets: [UInt8], _ place: inout Int) {
        let isText = octets.littleEndian32(at: place + 16) == 1
        place += isText ? 24 + padded(octets.littleEndian32(at: place + 20)) : 24
    }

    /// - Returns: the first value without its closing zeros; `nil` where nothing can be read any more.
    private static func value(_ octets: [UInt8], _ place: inout Int, _ type: UInt32) -> [UInt8]? {
        let isMultiple = type & 0x1000 != 0
        let kind = type & 0x0FFF
        let isVariable = [0x0D, 0x1E, 0x1F, 0x102].contains(kind)
        var count: UInt32 = 1
        if isMultiple || isVariable {
            count = octets.littleEndian32(at: place)
            place += 4
        }
        var first: [UInt8] = []
        for number in 0..<min(count, 1000) {
            guard place <= octets.count else { return nil }
            var size = fixedSize(kind)
            if isVariable {
                size = octets.littleEndian32(at: place)
                place += 4
            }
            if number == 0, place < octets.count { first = Array(octets[place...].prefix(Int(min(size, 2000)))) }
            place += padded(size)
        }
        let unit = kind == 0x1F ? 2 : 1
        while first.count >= unit, first.suffix(unit).allSatisfy({ $0 == 0 }) { first.removeLast(unit) }
        return place <= octets.count ? first : nil
    }

    private static func fixedSize(_ kind: UInt32) -> UInt32 {
        switch kind {
        case 0x05, 0x06, 0x07, 0x14, 0x40: 8
        case 0x48: 16
        default: 4
        }
    }

    private static func padded(_ size: UInt32) -> Int { (Int(size) + 3) / 4 * 4 }
}

extension [UInt8] {
    /// 0 where it lies outside.
    fileprivate func littleEndian32(at place: Int) -> UInt32 {
        guard place >= 0, place + 4 <= count else { return 0 }
        return UInt32(self[place]) | UInt32(self[place + 1]) << 8 | UInt32(self[place + 2]) << 16
            | UInt32(self[place + 3]) << 24
    }
}
