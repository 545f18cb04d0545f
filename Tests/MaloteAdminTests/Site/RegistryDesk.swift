// The registry's own rules over a registry in memory, so that forms are read by the one decoder; stores nothing.

import MaloteCore
import MaloteDesk
import MaloteRuntime
import MaloteTestKit
import Synchronization

@testable import MaloteAdmin

final class RegistryDesk: Sendable {
    private let held: Mutex<Registry>

    init(_ registry: Registry = RegistryDesk.sample) { held = Mutex(registry) }

    /// The samples, with nothing in them that the rules refuse.
    static var sample: Registry {
        var registry = Sample.registry
        registry.mailboxes[0].trust.pin = "sha256//" + String(repeating: "A", count: 43) + "="
        return registry
    }

    var registry: Registry { held.withLock { $0 } }

    func apply(_ edit: RegistryEdit) throws(Problem) -> ApplyReport {
        do throws(DocumentErrors) {
            let plan = try RegistryPlanner.plan(wish(edit), on: registry)
            held.withLock { $0 = plan.result }
            return ApplyReport(dryRun: false, lines: plan.lines, warnings: plan.warnings)
        } catch {
            throw Problem(status: 422, title: "Invalid document", detail: "No.", errors: error.errors)
        }
    }

    /// The first mailbox fails, all others are well.
    var states: [StatusReport.MailboxLine] {
        registry.mailboxes.enumerated().map { index, mailbox in
            let failure = Failure(.operatorNeeded, .authRefused, "The login was refused.", remedy: "Look at <it>.")
            return StatusReport.MailboxLine(
                id: mailbox.id, name: mailbox.name.text, type: mailbox.inbox == nil ? "outbox" : "inbox",
                server: mailbox.server, contracts: [], state: index == 0 ? .needsAttention : .ok,
                failure: index == 0 ? failure : nil, failingSince: index == 0 ? Sample.now : nil)
        }
    }

    func export(_ format: RegistryFormat) -> String { RegistryExport.text(registry, format) }

    private func wish(_ edit: RegistryEdit) throws(DocumentErrors) -> RegistryPlanner.Wish {
        let reader = YAMLReader()
        switch edit {
        case .document(let bytes, let prune): return .document(try reader.read(bytes), prune: prune)
        case .add(let section, let fields): return .add(section, fields: try reader.read(fields))
        case .copy(let name, let fields): return .copy(contract: name, fields: try reader.read(fields))
        case .edit(let section, let name, let fields):
            return .edit(section, name: name, fields: try reader.read(fields))
        case .delete(let section, let name): return .delete(section, name: name)
        case .importing, .restore:
            throw DocumentErrors([DocumentError(field: "", message: "not here.", remedy: "")])
        }
    }
}

extension Browser {
    /// Signed in as an administrator of a registry with real rules.
    static func atDesk(
        _ registry: Registry = RegistryDesk.sample, role: Caller.Role = .admin, language: PageLanguage = .english
    ) async -> (Browser, RegistryDesk) {
        let desk = RegistryDesk(registry)
        return (await signedIn(FakeControl(desk: desk), role: role, language: language), desk)
    }

    /// What the form of the last page would send if nothing was touched: its fields, ticked boxes and chosen options.
    static func fields(_ page: HTTPResponse) -> [(String, String)] {
        FormReader.fields(page.text)
    }

    /// Sends the form at `address` with these fields changed; an empty list takes a field away.
    func submit(_ address: String, _ changes: [String: String]) async -> HTTPResponse {
        let page = await get(address)
        let kept = Self.fields(page).filter { changes[$0.0] == nil && $0.0 != "form-key" }
        return await post(address, kept + changes.sorted { $0.key < $1.key })
    }
}
