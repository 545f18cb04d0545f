// Tries a mailbox step by step over the same dialogues that poll and send; changes nothing, keeps nothing.

import MaloteCore
import MaloteWire

/// One connection a test, beside all others of its mailbox.
package struct MailProbe: MailboxProbe {
    let network: Network
    let keyring: Keyring
    let clientName: String
    let time: any TimeSource
    private let deadline: Duration

    /// - Parameters:
    ///   - clientName: what we call ourselves to SMTP servers.
    ///   - deadline: for all steps together.
    package init(
        network: Network, secrets: any SecretReader, tokens: any TokenSource = NoTokens(), clientName: String,
        time: any TimeSource, deadline: Duration = .seconds(60)
    ) {
        self.network = network
        keyring = Keyring(secrets: secrets, tokens: tokens)
        self.clientName = clientName
        self.time = time
        self.deadline = deadline
    }

    package func probe(_ mailbox: Mailbox, each: @escaping @Sendable (ProbeStep) -> Void) async -> [ProbeStep] {
        let steps = await steps(mailbox, each)
        // The trail tells what passed; why the last step failed is known only now.
        if let last = steps.last, last.failure != nil { each(last) }
        return steps
    }

    private func steps(_ mailbox: Mailbox, _ each: @escaping @Sendable (ProbeStep) -> Void) async -> [ProbeStep] {
        await withTaskGroup(of: [ProbeStep]?.self) { group in
            group.addTask { await walk(mailbox, each) }
            group.addTask {
                try? await time.sleep(for: deadline)
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            if let first, let steps = first { return steps }
            // The deadline came first: the step under way is called off and comes back as failed.
            let cut = await group.next()
            let steps = cut.flatMap { $0 } ?? []
            return Task.isCancelled ? steps : Self.late(steps, after: deadline)
        }
    }

    private static func late(_ steps: [ProbeStep], after deadline: Duration) -> [ProbeStep] {
        var steps = steps
        guard let last = steps.indices.last, steps[last].failure?.cause == Failure.stopped.cause else { return steps }
        steps[last].failure = Failure(
            .transient, .silentPeer, "The test was not done after \(deadline.components.seconds) seconds.",
            remedy: "Ask the server's administrator whether it is overloaded.")
        return steps
    }

    // MARK: - The way

    private func walk(_ mailbox: Mailbox, _ each: @escaping @Sendable (ProbeStep) -> Void) async -> [ProbeStep] {
        var trail = ProbeTrail(each: each)
        do throws(Failure) { try await walk(mailbox, &trail) } catch { trail.failed(error) }
        return trail.steps
    }

    private func walk(_ mailbox: Mailbox, _ trail: inout ProbeTrail) async throws(Failure) {
        trail.begin(.name)
        let addresses = try await network.addresses(of: mailbox.server)
        trail.passed(addresses.joined(separator: ", "))
        let stream = HurriedStream(base: try await connect(mailbox, addresses, &trail))
        do throws(Failure) {
            switch mailbox.role {
            case .inbox(let inbox) where inbox.access == .imap:
                try await walkIMAP(stream, mailbox, inbox, &trail)
            case .inbox: try await walkPOP3(stream, mailbox, &trail)
            case .outbox(let outbox): try await walkSMTP(stream, mailbox, outbox, &trail)
            }
        } catch {
            await stream.close()
            throw error
        }
        await stream.close()
    }

    /// TCP and TLS are one call of libcurl's; its witness tells which of them failed.
    private func connect(
        _ mailbox: Mailbox, _ addresses: [String], _ trail: inout ProbeTrail
    ) async throws(Failure) -> any ByteStream {
        trail.begin(.connection)
        let witness = DialWitness(host: mailbox.server)
        let endpoint = Endpoint(mailbox)
        let result: Result<any ByteStream, Failure>
        do throws(Failure) {
            result = .success(try await network.dial(endpoint, addresses: addresses, witness: witness))
        } catch {
            result = .failure(error)
        }
        let facts = witness.facts
        if let address = facts.address {
            trail.passed("\(address) port \(mailbox.port)")
            // With STARTTLS the server speaks before TLS.
            if mailbox.security == .starttls {
                trail.begin(.greeting)
                trail.saw(facts.firstLine)
                if endpoint.greeter.welcomes(facts.firstLine) { trail.passed(facts.firstLine) }
            }
            if mailbox.security != .none, !trail.isUnderWay { tell(facts.tls, mailbox, &trail) }
        }
        let stream = try result.get()
        if trail.isUnderWay { trail.passed(warnings: facts.tls?.warnings(now: time.now()) ?? []) }
        return stream
    }

    private func tell(_ tls: TLSFacts?, _ mailbox: Mailbox, _ trail: inout ProbeTrail) {
        trail.begin(.tls)
        guard let tls else { return }
        let pinned = mailbox.trust.pin == nil ? "" : "; trusted by its pinned key alone"
        trail.saw(tls.words(host: mailbox.server, now: time.now()) + pinned)
    }

    /// Read when it is needed: a password that cannot be read is a fault of the login. An access token has a step of its
    /// own, and is a new one: a test shows that one can be had.
    func credentials(
        _ mailbox: Mailbox, _ login: Mailbox.Login, _ trail: inout ProbeTrail
    ) async throws(Failure) -> Credentials {
        guard login.oauth != nil else {
            trail.begin(.login)
            return try await keyring.credentials(mailbox, login)
        }
        trail.begin(.token)
        let credentials = try await keyring.credentials(mailbox, login, isNew: true)
        trail.passed(credentials.token.map { $0.words(now: time.now()) })
        trail.begin(.login)
        return credentials
    }
}

extension AccessToken {
    /// How long it is good for, and what for.
    fileprivate func words(now: Timestamp) -> String {
        let left = "obtained, expires in \(max(0, (ends - now).milliseconds / 1000)) s"
        return scope.isEmpty ? left : left + "; scope \(scope)"
    }
}

extension Endpoint.Greeter {
    /// Whether a first line lets us go on.
    fileprivate func welcomes(_ line: String) -> Bool {
        switch self {
        case .imap: line.uppercased().hasPrefix("* OK")
        case .pop3: line.uppercased().hasPrefix("+OK")
        case .smtp: line.hasPrefix("220")
        }
    }
}
