// What seldom changes about the machine: its clock's keeper, the state's file system, limits; judges nothing.

import CSystemd
import Foundation
import MaloteCore

extension ProcessFacts {
    package func machine() -> MachineFacts {
        var facts = MachineFacts()
        facts.isClockKept = Self.isClockKept
        facts.isRoot = geteuid() == 0
        facts.memoryLimit = Self.memoryLimit
        facts.authorities = Self.certificates(in: authorities)
        var cores = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &cores) == 0 { facts.writesCores = cores.rlim_cur > 0 }
        var files = statvfs()
        if statvfs(folder, &files) == 0 {
            (facts.freeFiles, facts.mostFiles) = (Int64(clamping: files.f_favail), Int64(clamping: files.f_files))
        }
        facts.fileSystem = Self.fileSystem(of: folder)
        return facts
    }

    package func isOpenToAll(_ path: String) -> Bool? {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        return facts.st_mode & 0o004 != 0
    }

    /// The kernel says so (adjtimex(2)), or, where a sandbox forbids that question, systemd-timesyncd.
    private static var isClockKept: Bool? {
        let answer = malote_clock_is_kept()
        if answer >= 0 { return answer == 1 }
        return access("/run/systemd/timesync/synchronized", F_OK) == 0 ? true : nil
    }

    /// The strictest of the control groups above the process. What cannot be read sets no limit that is known.
    private static var memoryLimit: Int64? {
        guard let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::") })
        else { return nil }
        var path = String(line.dropFirst(3))
        var limits: [Int64] = []
        while path.hasPrefix("/"), path != "/" {
            let limit = try? String(contentsOfFile: "/sys/fs/cgroup\(path)/memory.max", encoding: .utf8)
            if let limit, let octets = Int64(limit.filter { !$0.isNewline }) { limits.append(octets) }
            path = (path as NSString).deletingLastPathComponent
        }
        return limits.min()
    }

    private static func certificates(in path: String) -> Int? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self).ranges(of: "-----BEGIN CERTIFICATE-----").count
    }

    /// statfs(2) lists the numbers.
    private static let kinds: [Int: String] = [
        0xEF53: "ext4", 0x5846_5342: "xfs", 0x9123_683E: "btrfs", 0x2FC1_2FC1: "zfs", 0xF2F5_2010: "f2fs",
        0x0102_1994: "tmpfs", 0x8584_58F6: "ramfs", 0x6969: "nfs", 0xFF53_4D42: "cifs", 0xFE53_4D42: "smb2",
        0x6573_5546: "fuse", 0x794C_7630: "overlay", 0x0102_1997: "9p",
    ]

    private static func fileSystem(of folder: String) -> String? {
        kinds[malote_file_system_kind(folder)]
    }
}
