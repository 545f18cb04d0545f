// The store's key and its backups, as operators ask for them; knows neither cipher nor file.

import MaloteCore

extension MailRoom {
    package func keys() async throws(Problem) -> KeyReport {
        do { return try await parts.care.keys() } catch { throw Problem(error) }
    }

    package func rotateKey() async throws(Problem) -> KeyRotation {
        guard try await keys().source == "file" else { throw Self.byCredential }
        let (deed, now) = (Deed.current, parts.time.now())
        let rotation: KeyRotation
        do {
            // The line of the audit log and everything that is sealed anew are one transaction.
            rotation = try await parts.care.rotateKey { rotation, store in
                deed?.add("key \(rotation.key) in place of \(rotation.former)")
                if let entry = deed?.entry(at: now) { try store.tell(entry) }
            }
        } catch { throw Problem(error) }
        deed?.isTold()
        let rest = rotation.isForgotten ? "" : " The former key is kept until the next start."
        parts.log(
            .notice,
            "\(rotation.secrets) secrets are sealed anew under key \(rotation.key), in place of "
                + "\(rotation.former).\(rest)")
        return rotation
    }

    private static let byCredential = Problem(
        status: 409, title: "The key is a credential",
        detail: "The key comes from systemd, and only its owner can change it. Give maloted's unit the present key as "
            + "credential malote.key.old and a new one (openssl rand -hex 32) as malote.key, and restart it: that start "
            + "seals everything anew and says when malote.key.old may go.")

    package func backup() async throws(Problem) -> RawCopy {
        let snapshot: any StoreSnapshot
        do { snapshot = try await parts.care.snapshot() } catch {
            guard error.kind == .transient, error.cause == .storage else { throw Problem(error) }
            throw Problem(status: 409, title: "Backup under way", detail: error.description)
        }
        Deed.current?.add("\(snapshot.size) octets")
        return RawCopy(id: .unsaved, size: snapshot.size) { offset throws(Problem) in
            do { return try await snapshot.piece(from: offset) } catch { throw Problem(error) }
        }
    }
}
