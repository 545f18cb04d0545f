// A registry file: refused with reasons, or understood; what is understood can be written and read back unchanged.

import MaloteCore
import MaloteDesk
import MaloteRuntime

enum RegistryFuzz {
    static func complaint(about octets: [UInt8]) -> String? {
        let document: DocumentNode
        do { document = try YAMLReader().read(octets) } catch { return complaint(about: error) }
        do { _ = try DaemonConfig.decode(document) } catch {
            if let complaint = complaint(about: error) { return complaint }
        }
        let plan: RegistryPlan
        do { plan = try RegistryPlanner.plan(.document(document, prune: true), on: Registry()) } catch {
            return complaint(about: error)
        }
        for format in [RegistryFormat.yaml, .json] {
            let text = RegistryExport.text(plan.result, format)
            do {
                let again = try RegistryPlanner.plan(
                    .document(YAMLReader().read(Array(text.utf8)), prune: true), on: plan.result)
                guard again.changes.isEmpty else { return "An export that is applied changes something." }
            } catch {
                return "An export cannot be applied: \(error)"
            }
        }
        return nil
    }

    private static func complaint(about errors: DocumentErrors) -> String? {
        errors.errors.isEmpty ? "A document was refused without a reason." : nil
    }
}
