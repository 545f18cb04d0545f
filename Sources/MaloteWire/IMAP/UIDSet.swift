// Sets of UIDs as IMAP writes them (RFC 9051 §9 sequence-set); pure.

package enum UIDSet {
    /// More UIDs in one answer than any folder holds.
    private static let limit = 2_000_000

    /// Ranges, in ascending order, cut into sets of at most `octets` octets and `count` UIDs each: some servers take
    /// only short lines, or work on only so many messages at a time.
    package static func batches(_ uids: some Sequence<UInt32>, octets: Int = 900, count: Int = .max) -> [String] {
        var batches: [String] = []
        let sorted = Set(uids).sorted()
        var start = 0
        while start < sorted.count {
            let end = start + min(max(count, 1), sorted.count - start)
            batches += written(ranges(sorted[start..<end]), octets: octets)
            start = end
        }
        return batches
    }

    private static func written(_ ranges: [ClosedRange<UInt32>], octets: Int) -> [String] {
        var batches: [String] = []
        var open = ""
        for range in ranges {
            let text =
                range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
            if !open.isEmpty, open.utf8.count + text.utf8.count + 1 > octets {
                batches.append(open)
                open = ""
            }
            open += open.isEmpty ? text : "," + text
        }
        if !open.isEmpty { batches.append(open) }
        return batches
    }

    private static func ranges(_ sorted: ArraySlice<UInt32>) -> [ClosedRange<UInt32>] {
        var ranges: [ClosedRange<UInt32>] = []
        for uid in sorted {
            if let last = ranges.last, last.upperBound + 1 == uid {
                ranges[ranges.count - 1] = last.lowerBound...uid
            } else {
                ranges.append(uid...uid)
            }
        }
        return ranges
    }

    /// - Throws: `WireError.malformed` for anything but numbers and ranges of numbers; `limit` for absurd ranges.
    static func parse(_ text: String) throws(WireError) -> [UInt32] {
        var uids: [UInt32] = []
        for part in text.split(separator: ",") {
            let bounds = part.split(separator: ":").map { UInt32($0) }
            guard (1...2).contains(bounds.count), let first = bounds[0], let last = bounds[bounds.count - 1] else {
                throw .malformed("The server sent a damaged set of UIDs.")
            }
            let range = min(first, last)...max(first, last)
            guard range.count + uids.count <= limit else { throw .limit("The server sent an absurd set of UIDs.") }
            uids += range
        }
        return uids
    }
}
