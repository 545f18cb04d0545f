// The elements and attributes of HTML that mean something here; judges none.

/// An element. Those that nothing here asks about have no case.
enum HTMLTag: UInt8, CaseIterable {
    case a, abbr, address, applet, article, audio, b, bdi, bdo, blockquote, br, caption, center, cite, code, col,
        colgroup, dd, del, div, dl, dt, em, font, footer, h1, h2, h3, h4, h5, h6, header, hr, i, iframe, img, ins, kbd,
        li, math, noembed, noframes, noscript, object, ol, p, pre, q, s, samp, script, section, select, small, span,
        strike, strong, style, sub, sup, svg, table, tbody, td, template, textarea, tfoot, th, thead, title, tr, tt, u,
        ul, `var`, video, xmp

    private static let names = allCases.map { Array("\($0)".utf8) }
    private static let byName = HTMLNames(names)

    /// Lower case.
    var name: [UInt8] { Self.names[Int(rawValue)] }

    /// - Parameter name: in any case.
    init?(_ name: UnsafeRawBufferPointer) {
        guard let place = Self.byName.place(of: name), let tag = HTMLTag(rawValue: place) else { return nil }
        self = tag
    }
}

/// A set of elements.
struct HTMLTags: ExpressibleByArrayLiteral {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(arrayLiteral tags: HTMLTag...) {
        for tag in tags {
            if tag.rawValue < 64 { low |= 1 << tag.rawValue } else { high |= 1 << (tag.rawValue - 64) }
        }
    }

    func contains(_ tag: HTMLTag) -> Bool {
        (tag.rawValue < 64 ? low >> tag.rawValue : high >> (tag.rawValue - 64)) & 1 == 1
    }
}

/// An attribute and its value as written. Valid only while it is handed over.
struct HTMLAttribute {
    enum Name: UInt8, CaseIterable {
        case align, alt, border, cellpadding, cellspacing, `class`, colspan, dir, height, hidden, href, id, lang,
            rowspan, src, style, title, valign, width

        private static let byName = HTMLNames(allCases.map { Array("\($0)".utf8) })

        /// - Parameter name: in any case.
        init?(_ name: UnsafeRawBufferPointer) {
            guard let place = Self.byName.place(of: name), let known = Name(rawValue: place) else { return nil }
            self = known
        }
    }

    var name: Name
    var raw: UnsafeRawBufferPointer

    /// Hands over the value, its character references read.
    func withOctets<Result>(_ use: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard let decoded = HTMLReference.decode(raw, needsSemicolon: true) else { return use(raw) }
        return decoded.withUnsafeBytes(use)
    }

    /// Character references are read.
    var value: String { withOctets { String(decoding: $0, as: UTF8.self) } }
}

extension [HTMLAttribute] {
    subscript(_ name: HTMLAttribute.Name) -> HTMLAttribute? { first { $0.name == name } }
}

/// Names of up to 15 octets, found without making text of them.
private struct HTMLNames {
    private static let size = 512
    /// Each name where its hash says, or behind; 0 is none.
    private var names = [UInt128](repeating: 0, count: size)
    private var places = [UInt8](repeating: 0, count: size)

    init(_ all: [[UInt8]]) {
        for (place, name) in zip(UInt8(0)..., all) {
            let packed = name.withUnsafeBytes(Self.packed)
            var slot = Self.slot(packed)
            while names[slot] != 0 { slot = (slot + 1) % Self.size }
            names[slot] = packed
            places[slot] = place
        }
    }

    func place(of name: UnsafeRawBufferPointer) -> UInt8? {
        guard (1...15).contains(name.count) else { return nil }
        let packed = Self.packed(name)
        var slot = Self.slot(packed)
        while names[slot] != 0, names[slot] != packed { slot = (slot + 1) % Self.size }
        return names[slot] == 0 ? nil : places[slot]
    }

    private static func packed(_ name: UnsafeRawBufferPointer) -> UInt128 {
        name.reduce(0) { $0 << 8 | UInt128($1.lowercased) }
    }

    private static func slot(_ packed: UInt128) -> Int {
        let folded = UInt64(truncatingIfNeeded: packed ^ packed >> 61) &* 0x9E37_79B9_7F4A_7C15
        return Int(folded >> 55)
    }
}
