// Times, spans and sizes as people read them; knows no page.

import MaloteCore

extension Visit {
    /// In UTC, as the logs write it, with how long ago it is.
    func moment(_ time: Timestamp?) -> HTMLText {
        guard let time else { return "<span class=\"soft\">–</span>" }
        return
            "<time datetime=\"\(time.description)\">\(clock(time))</time> <span class=\"soft\">(\(distance(time)))</span>"
    }

    /// Without the distance, for tables.
    func stamp(_ time: Timestamp?) -> HTMLText {
        guard let time else { return "<span class=\"soft\">–</span>" }
        return
            "<time class=\"tight\" datetime=\"\(time.description)\" title=\"\(distance(time))\">\(clock(time))</time>"
    }

    /// To the second, where the order of what happened is told.
    func instant(_ time: Timestamp) -> HTMLText {
        let seconds = String(time.description.dropFirst(16).prefix(3))
        let minute = clock(time)
        return """
            <time class="tight" datetime="\(time.description)" title="\(distance(time))">\(
                minute.replacing(" UTC", with: seconds))</time>
            """
    }

    /// `2026-11-21 19:30 UTC`, in Portuguese `21/11/2026 19:30 UTC`.
    func clock(_ time: Timestamp) -> String {
        let text = Array(time.description)
        guard text.count >= 16 else { return time.description }
        let (year, month, day) = (String(text[0..<4]), String(text[5..<7]), String(text[8..<10]))
        let hour = String(text[11..<16])
        switch language {
        case .english: return "\(year)-\(month)-\(day) \(hour) UTC"
        case .portuguese: return "\(day)/\(month)/\(year) \(hour) UTC"
        }
    }

    /// `3 min ago`, `in 2 h`.
    func distance(_ time: Timestamp) -> String {
        let span = now - time
        return (span < .zero ? frame.ahead : frame.ago).filled(["n": words(span < .zero ? .zero - span : span)])
    }

    /// In the largest unit of which there are two.
    func words(_ span: Duration) -> String {
        let seconds = max(0, span.milliseconds / 1000)
        switch seconds {
        case ..<120: return frame.seconds.filled(["n": "\(seconds)"])
        case ..<7200: return frame.minutes.filled(["n": "\(seconds / 60)"])
        case ..<172_800: return frame.hours.filled(["n": "\(seconds / 3600)"])
        default: return frame.days.filled(["n": "\(seconds / 86_400)"])
        }
    }

    /// `8.2 kB`; in Portuguese `8,2 kB`.
    func size(_ octets: Int) -> String {
        var (value, unit) = (Double(max(0, octets)), "B")
        for next in ["kB", "MB", "GB", "TB"] where value >= 1000 { (value, unit) = (value / 1000, next) }
        guard unit != "B", value < 100 else { return "\(Int(value.rounded())) \(unit)" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10)\(language == .portuguese ? "," : ".")\(tenths % 10) \(unit)"
    }
}
