// The machine's own numbers, as Linux tells them; knows no metric and no rule.

import Glibc
import MaloteCore

/// Reads /proc and asks for the file system: microseconds, and nothing that could hang but the state's own disk.
package struct ProcessFacts: HostProbe {
    let folder: String
    private let reserve: Int?
    let authorities: String
    private let keepsFile: Bool
    private let store: @Sendable () -> (commits: Int, waiting: Int)

    /// - Parameters:
    ///   - folder: the state folder.
    ///   - reserve: octets of its disk that are not for new mail; `nil` goes by the disk's size.
    ///   - authorities: the PEM bundle that servers are trusted by.
    ///   - keepsFile: whether the store is a file in the folder.
    ///   - store: how often the store has committed, and how many writes wait.
    package init(
        folder: String, reserve: Int? = nil, authorities: String = "", keepsFile: Bool = true,
        store: @escaping @Sendable () -> (commits: Int, waiting: Int)
    ) {
        self.folder = folder
        self.reserve = reserve
        self.authorities = authorities
        self.keepsFile = keepsFile
        self.store = store
    }

    package func disk() -> HostFacts {
        var facts = HostFacts()
        var disk = statvfs()
        if statvfs(folder, &disk) == 0 {
            facts.freeOctets = Self.octets(UInt64(disk.f_bavail), of: UInt64(disk.f_frsize))
            facts.diskOctets = Self.octets(UInt64(disk.f_blocks), of: UInt64(disk.f_frsize))
        }
        facts.reservedOctets = reserve.map(Int64.init)
        return facts
    }

    package func facts() -> HostFacts {
        var facts = disk()
        facts.residentOctets = Self.residentPages.map { $0 * Int64(sysconf(Int32(_SC_PAGESIZE))) }
        facts.openDescriptors = Self.openDescriptors
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            facts.descriptorLimit = Int64(clamping: limit.rlim_cur)
        }
        var used = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used) == 0 {
            facts.cpuSeconds = used.ru_utime.seconds + used.ru_stime.seconds
        }
        if keepsFile {
            facts.databaseOctets = ["malote.db", "malote.db-wal"].compactMap { Self.size("\(folder)/\($0)") }
                .reduce(0, +)
        }
        let (commits, waiting) = store()
        (facts.commits, facts.waitingWrites) = (Int64(commits), Int64(waiting))
        return facts
    }

    private static func octets(_ blocks: UInt64, of size: UInt64) -> Int64 {
        let product = blocks.multipliedReportingOverflow(by: size)
        return product.overflow ? .max : Int64(clamping: product.partialValue)
    }

    /// The second number of /proc/self/statm.
    private static var residentPages: Int64? {
        guard let file = fopen("/proc/self/statm", "re") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 200)
        guard fgets(&text, Int32(text.count), file) != nil else { return nil }
        let words = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: " ")
        return words.count > 1 ? Int64(words[1]) : nil
    }

    private static var openDescriptors: Int64? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count: Int64 = 0
        while let entry = readdir(folder) { if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 } }
        // The one that it is counted with.
        return count - 1
    }

    private static func size(_ path: String) -> Int64? {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int64(facts.st_size) : nil
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
