// A state folder that outlives the stores opened in it; what it knows of files is what an administrator sees.

import Foundation
import MaloteCore
import MaloteTestKit

@testable import MaloteStore

struct Disk {
    private let folder: TemporaryFolder
    /// Locked for all stores opened here: a store that was let go may take a moment to go.
    let state: StateFolder
    var path: String { state.path }
    var database: String { path + "/malote.db" }

    init() throws {
        folder = try TemporaryFolder()
        state = try StateFolder(folder.path + "/state")
    }

    func open() throws -> SQLiteStore { try SQLiteStore(folder: state, vault: Vault(folder: state)) }

    /// What a kill at this moment would leave: the files as the kernel has them, without any goodbye.
    func asKilledNow() throws -> Disk {
        let copy = try Disk()
        for file in try files() {
            try FileManager.default.copyItem(atPath: path + "/" + file, toPath: copy.path + "/" + file)
        }
        return copy
    }

    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != "lock" }.sorted()
    }

    func bytes(of file: String) -> Data { FileManager.default.contents(atPath: path + "/" + file) ?? Data() }

    func mode(of file: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + file)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    /// The key file is gone, as after a restore without it.
    func takeKey() throws -> Data {
        let key = bytes(of: "malote.key")
        try FileManager.default.removeItem(atPath: path + "/malote.key")
        return key
    }

    func putBack(key: Data) throws {
        try FileManager.default.removeItem(atPath: path + "/malote.key")
        try key.write(to: URL(fileURLWithPath: path + "/malote.key"))
    }

    /// Runs SQL behind the store's back.
    func execute(_ sql: String) throws { try SQLiteConnection(path: database, mode: .readWrite).execute(sql) }
}
