// Compares what somebody could guess at with what is right; knows not what it is.

package enum ConstantTime {
    /// In time that does not tell how much of it was right; only whether it was as long.
    package static func isEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
