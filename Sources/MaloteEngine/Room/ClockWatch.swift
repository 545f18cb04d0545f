// Notices that the wall clock was set back; knows nothing of what is planned by it.

import MaloteCore

/// Times ahead are kept in wall clock time, so that people can read them and a restart keeps them. A clock that is set
/// back would put them off by as much: whoever plans asks at each look, and brings its times forward.
struct ClockWatch: Sendable {
    /// Less is no step: whoever asks may have looked at the clock a moment ago.
    private static let step = Duration.seconds(1)
    private var last: Timestamp?

    /// - Returns: by how much the clock was set back since the last look, less the time between the two looks; `nil`
    ///   if it was not.
    mutating func setBack(now: Timestamp) -> Duration? {
        guard let last, now < last else {
            last = now
            return nil
        }
        guard last - now > Self.step else { return nil }
        self.last = now
        return last - now
    }
}
