// The entry that libFuzzer calls; built by `make fuzz` alone. MALOTE_FUZZ names the target.

import FuzzTargets
import Glibc

private let target: FuzzTarget = {
    let name = getenv("MALOTE_FUZZ").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("MALOTE_FUZZ must name one of \(FuzzTarget.allCases.map(\.rawValue))")
    }
    return target
}()

/// By the name and with the arguments that libFuzzer wants. A complaint ends it like a trap.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let complaint = target.complaint(about: Array(UnsafeBufferPointer(start: start, count: count))) {
        fatalError(complaint)
    }
    return 0
}
