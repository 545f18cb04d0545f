// The wiring: makes every room and joins them at their ports. No rule, no protocol, no table is known here.

import Foundation
import MaloteAdmin
import MaloteCore
import MaloteEngine
import MaloteMessage
import MaloteRuntime
import MaloteStore
import MaloteTransport

struct Daemon {
    /// How long work under way may take to end after a stop was asked for.
    private static let grace = Duration.seconds(8)

    let log: Log
    let folder: StateFolder
    let manager = ServiceManager()
    let signs = VitalSigns()
    let stop = StopFlag()
    let time = SystemTime()
    let meter = Meter()
    let network: Network
    let gate: HostGate
    let store: any DurableStore
    let scheduler: PollScheduler
    let drain: QueueDrain
    let events: EventDelivery
    let delays: DelayWatch
    let room: MailRoom
    /// `nil` where this daemon is alone with its store.
    let keeper: LeaseKeeper?

    /// Runs the daemon to its end.
    /// - Returns: the exit status.
    static func run(_ config: DaemonConfig, file: String, lifeline: Int32, log: Log) async -> Int32 {
        let signals = Signals(lifeline: lifeline)
        do {
            let daemon = try await Daemon(config, log: log)
            try await daemon.serve(config, file: file, signals: signals)
            await daemon.store.close()
            log(.notice, "maloted has stopped.")
            return 0
        } catch {
            let failure = error as? Failure ?? Failure(.transient, .defect, "\(error)")
            log(.error, "maloted cannot go on: \(failure)", [.cause: failure.cause.rawValue])
            ServiceManager().status(failure.detail)
            return failure.exitStatus
        }
    }

    private init(_ config: DaemonConfig, log: Log) async throws {
        self.log = log
        folder = try StateFolder(config.state)
        let vault = try Vault(folder: folder)
        let secrets = FileSecretReader()
        let store = try await StateStore.open(config, folder: folder, vault: vault, secrets: secrets)
        for news in store.openingNews { log(.notice, news) }
        let journal = try FileAttemptJournal(folder: folder)
        let (registry, order) = try await store.read { (try $0.registry(), try $0.registryVersion()) }
        let board = RegistryBoard(registry, order: order)
        let clientName = HostName.fullyQualified
        let certificates = CertificateBook(time: time)
        network = try Network(
            caFile: config.caFile, policy: config.addressPolicy, clientName: clientName, signs: signs,
            certificates: certificates)
        let tokens = TokenKeeper(
            server: try TokenHTTP(network: network, signs: signs), store: store, secrets: secrets, time: time, log: log)
        let spool = try FileSpool(folder: folder)
        let connector = MailConnector(
            streams: network, secrets: secrets, tokens: tokens, spool: spool, clientName: clientName, log: log)
        let probe = MailProbe(network: network, secrets: secrets, tokens: tokens, clientName: clientName, time: time)
        let hashing = OpenSSLHashing()
        let (queueBell, eventBell) = (Bell(), Bell())
        let intake = Intake(
            board: board, codec: MailCodec(hashing: hashing), hashing: hashing,
            signingKey: vault.derivedKey("message-id"), linkBase: config.http?.url, time: time, queueBell: queueBell,
            eventBell: eventBell, log: log, meter: meter)
        let host = ProcessFacts(
            folder: folder.path, reserve: config.limits.diskReserve, authorities: config.caFile,
            keepsFile: config.database == nil
        ) {
            (store.commits, store.waitingWrites)
        }
        let book = config.database == nil ? LeaseBook.whole : LeaseBook()
        gate = HostGate(perHost: config.limits.perHost, total: config.limits.connections)
        scheduler = PollScheduler(
            .init(
                board: board, store: store, connector: connector, intake: intake, gate: gate, time: time, signs: signs,
                stop: stop, limits: InboxLimits(messageOctets: config.limits.message),
                disk: DiskReserve(host: host, time: time), book: book, log: log),
            seed: .random(in: 0...UInt64.max))
        drain = QueueDrain(
            .init(
                board: board, store: store, connector: connector, journal: journal, intake: intake, gate: gate,
                time: time, signs: signs, stop: stop, book: book, log: log),
            bell: queueBell, seed: .random(in: 0...UInt64.max))
        events = EventDelivery(
            .init(
                board: board, store: store, client: try WebhookHTTP(network: network, signs: signs), secrets: secrets,
                hashing: hashing, eventBell: eventBell, time: time, signs: signs, stop: stop, book: book, log: log),
            seed: .random(in: 0...UInt64.max))
        delays = DelayWatch(intake: intake, store: store, time: time, stop: stop, book: book, log: log)
        keeper = Self.keeper(
            config, store, folder, book: book, board: board, journal: journal, intake: intake, tokens: tokens,
            gate: gate,
            scheduler: scheduler, drain: drain, events: events, time: time, signs: signs, stop: stop, log: log)
        room = MailRoom(
            .init(
                board: board, store: store, scheduler: scheduler, drain: drain, events: events, probe: probe,
                tokens: tokens,
                gate: gate, intake: intake, spool: spool, documents: YAMLReader(), drill: LoopbackDrill(), time: time,
                host: host, names: network, secrets: secrets, hostName: clientName,
                certificates: certificates, care: store, queueBell: queueBell, eventBell: eventBell, stop: stop,
                book: book, keeper: keeper, version: MaloteVersion.text, log: log))
        self.store = store
        if let keeper {
            try await keeper.join()
        } else {
            try await Self.recover(store, journal, intake, log)
        }
    }

    private static func recover(
        _ store: any Store, _ journal: any AttemptJournal, _ intake: Intake, _ log: Log
    ) async throws {
        let recovered = try await Recovery.run(
            store: store, journal: journal, intake: intake, now: SystemTime().now(), seed: .random(in: 0...UInt64.max))
        if recovered > 0 { log(.notice, "\(recovered) deliveries were under way when the last run ended.") }
    }

    // MARK: - Serving

    private func serve(_ config: DaemonConfig, file: String, signals: Signals) async throws {
        let servers = try startServers(config)
        let group = ServiceGroup(
            clusterServices + [
                Service("poll scheduler") { try await scheduler.run() },
                Service("queue drain") { try await drain.run() },
                Service("event delivery") { try await events.run() },
                Service("delay watch") { await delays.run() },
                Service("planned steps") { await room.watchPlannedSteps() },
                Service("approvals") { await room.watchApprovals() },
                Service("retention") { await room.keepWithinRetention() },
                Service("store") { try await watchStore() },
                Service("lookout") { await room.keepLookout() },
            ], grace: Self.grace, requestStop: askToStop)
        async let _: Void = manager.feedWatchdog(signs, time: time, log: log)
        let registry = await room.registry()
        let summary = "\(registry.mailboxes.count) mailboxes, \(registry.contracts.count) contracts"
        log(.notice, "maloted \(MaloteVersion.text) is ready: \(summary).")
        manager.ready("Ready: \(summary)")
        do {
            try await group.run { await obey(signals, file: file, running: config) }
        } catch {
            await close(servers)
            throw error
        }
        await close(servers)
    }

    /// A store that may not write any more ends the daemon: systemd starts it afresh, on what the disk really holds.
    private func watchStore() async throws {
        while !stop.isSet, !Task.isCancelled {
            await Bell.waitForAny([(store.ended, 0), (stop.bell, 0)], for: .seconds(3600), time: time)
            if store.end?.cause == .lease { Self.endAtOnce() }
            if let end = store.end { throw end }
        }
    }

    // MARK: - Signals

    private func askToStop() {
        folder.markStopping()
        log(.notice, "maloted is stopping: work under way is finished first.")
        manager.stopping()
        stop.set()
    }

    private func obey(_ signals: Signals, file: String, running: DaemonConfig) async {
        for await signal in signals.stream {
            if signal == .stop { return }
            await reload(file, running: running)
        }
    }

    /// Takes over what can be changed while running; a file with errors changes nothing.
    private func reload(_ file: String, running: DaemonConfig) async {
        manager.reloading()
        do {
            let config = try DaemonConfig.load(file)
            network.set(caFile: config.caFile, policy: config.addressPolicy)
            gate.setLimits(perHost: config.limits.perHost, total: config.limits.connections)
            await room.retryFailing()
            log(.notice, "maloted has reloaded \(file).")
            let later = config.needsRestart(after: running)
            if !later.isEmpty { log(.warning, "\(later.joined(separator: ", ")) will change at the next restart.") }
        } catch {
            for error in error.errors { log(.error, "\(file): \(error)") }
            log(.error, "The reload changed nothing.")
        }
        manager.ready("Ready")
    }
}
