// Sizes as operators write them; knows no field.

package enum Octets {
    private static let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)]

    /// `50MB`, `500kB`, `1GB` (powers of ten) or plain octets; `nil` for anything else and for less than nothing.
    package static func read(_ text: String) -> Int? {
        let unit = units.first { text.uppercased().hasSuffix($0.0) }
        guard let number = Int(text.dropLast(unit == nil ? 0 : 2)), number >= 0 else { return nil }
        let product = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
        return product.overflow ? nil : product.partialValue
    }

    /// What `read` reads back as the same number.
    package static func write(_ octets: Int) -> String {
        guard octets > 0, let unit = units.first(where: { octets % $0.1 == 0 }) else { return String(octets) }
        return "\(octets / unit.1)\(unit.0 == "KB" ? "kB" : unit.0)"
    }
}
