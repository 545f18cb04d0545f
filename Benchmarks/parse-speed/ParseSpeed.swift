// How fast mail is understood, on one core, against Python's email package, and what the worst mail costs.

import Foundation
import MaloteCore
import MaloteMessage
import MaloteStore

/// `parse-speed mix [MESSAGES]` or `parse-speed hostile [MEGABYTES [NAME]]`. Exit status 1 below a bar, 2 for wrong usage.
@main struct ParseSpeed {
    /// Messages of 8 KB a second.
    private static let speedBar = 20_000.0
    /// Seconds of processor for 10 MB.
    private static let hostileBar = 1.0

    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        let number = words.count > 1 ? Int(words[1]) : nil
        switch (words.first, words.count) {
        case ("mix", 1...2): exit(try mix(number ?? 2000))
        case ("hostile", 1...3): exit(try hostile((number ?? 50) * 1_000_000, only: words.count > 2 ? words[2] : nil))
        default:
            FileHandle.standardError.write(
                Data("usage: parse-speed mix [MESSAGES] | hostile [MEGABYTES [NAME]]\n".utf8))
            exit(2)
        }
    }

    private static let codec = MailCodec(hashing: OpenSSLHashing())

    // MARK: - The mix

    /// The best of several rounds counts: whatever else runs only ever makes one slower.
    private static func mix(_ count: Int) throws -> Int32 {
        let mails = MailMix.mails(max(count, 1))
        let octets = mails.reduce(0) { $0 + $1.count }
        let raw = mails.map { RawMessage($0) }
        var best = Double.infinity
        for _ in 0..<20 { best = min(best, try seconds { for mail in raw { _ = try codec.view(mail) } }) }
        let speed = Double(mails.count) / best
        print("mails: \(mails.count) of \(octets / mails.count) octets on average")
        print("Malote: \(Int(speed)) a second, \(rounded(best / Double(mails.count) * 1e6)) microseconds each")
        let peer = try Peer.seconds(for: mails)
        let peerSpeed = Double(mails.count) / peer
        print("Python's email: \(Int(peerSpeed)) a second; Malote does \(rounded(speed / peerSpeed)) times as many")
        return speed >= speedBar ? 0 : 1
    }

    // MARK: - The worst

    private static func hostile(_ octets: Int, only name: String?) throws -> Int32 {
        var isWithin = true
        for shape in HostileMail.all where name == nil || shape.name == name {
            let mail = RawMessage(shape.make(octets))
            let spent = try seconds { _ = try codec.view(mail) } * 10e6 / Double(mail.size)
            let isSlow = spent > hostileBar
            isWithin = isWithin && !isSlow
            print("\(rounded(spent)) s for 10 MB: \(shape.name), \(mail.size) octets\(isSlow ? " TOO SLOW" : "")")
        }
        return isWithin ? 0 : 1
    }

    // MARK: - Measures

    /// Of processor, for all that runs in this process.
    private static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let began = processorSeconds()
        try work()
        return processorSeconds() - began
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
}
