// What is worth telling, case by case.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct AlertRulesTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let day: Int64 = 86_400

    private static func ago(_ seconds: Int64) -> Timestamp { now + .seconds(-seconds) }
    private static func ahead(_ seconds: Int64) -> Timestamp { now + .seconds(seconds) }

    private func rules(
        _ lines: [StatusReport.MailboxLine] = [], lanes: [StatusReport.LaneLine] = [],
        registry: Registry = deskRegistry(), certificates: [String: Timestamp] = [:],
        quarantine: QuarantineSummary = QuarantineSummary(), access: [AccessTokenView] = [],
        host: HostFacts = HostFacts()
    ) -> AlertRules {
        AlertRules(
            status: StatusReport(
                version: "1", now: Self.now, started: Self.ago(100), mailboxes: lines, lanes: lanes,
                contracts: [.init(contract: "c-1")]), registry: registry, certificates: certificates,
            quarantine: quarantine, access: access, host: host)
    }

    private func line(
        _ state: StatusReport.MailboxLine.State, since: Timestamp? = nil, token: TokenForecast? = nil
    ) -> StatusReport.MailboxLine {
        let inbox = sampleInbox(1)
        return .init(
            id: inbox.id, name: inbox.name.text, type: "inbox", server: inbox.server, contracts: ["c-1"], state: state,
            failure: since.map { _ in sampleFailure(.connect) }, failingSince: since, token: token)
    }

    @Test(
        arguments: [
            (.ok, nil, nil), (.failing, 599, nil), (.failing, 600, 1), (.needsAttention, 0, 2), (.unused, 9999, nil),
            (.resting, 9999, nil), (.busy, nil, nil),
        ] as [(StatusReport.MailboxLine.State, Int64?, Int?)])
    func aMailboxIsToldAtOnceOnlyIfAPersonIsNeeded(
        _ state: StatusReport.MailboxLine.State, seconds: Int64?, level: Int?
    ) {
        let found = rules([line(state, since: seconds.map(Self.ago))]).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.mailboxFailing]))
        #expect(found.first?.level == level)
    }

    @Test(arguments: [(4, nil), (3, 1), (2, 1), (1, 2), (0, 2), (-5, 2)] as [(Int64, Int?)])
    func aRefreshTokenIsToldDaysBeforeItsEnd(_ days: Int64, level: Int?) {
        let token = TokenForecast(isAuthorized: true, refreshTokenExpires: Self.ahead(days * Self.day))
        let found = rules([line(.ok, token: token)]).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.tokenExpiring]) && found.first?.level == level)
        #expect(rules([line(.unused, token: token)]).findings.isEmpty)
    }

    @Test(arguments: [(31, nil), (29, 1), (8, 1), (6, 2), (0, 3), (-5, 3)] as [(Int64, Int?)])
    func aClientsSecretIsToldDaysBeforeItsEnd(_ days: Int64, level: Int?) {
        let today = Self.now.milliseconds / 86_400_000
        let registry = deskRegistry { registry in
            var grant = OAuthGrant(provider: .microsoft, flow: .clientCredentials)
            grant.clientSecretExpires = CivilDate(daysSinceEpoch: today + days)
            registry.mailboxes[0].login = .init(user: "u", proof: .oauth(grant), sasl: nil)
        }
        let found = rules([line(.ok)], registry: registry).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.secretExpiring]) && found.first?.level == level)
        #expect(rules([line(.unused)], registry: registry).findings.isEmpty)
    }

    @Test(arguments: [(4, nil), (2, 1), (0, nil), (-1, nil)] as [(Int64, Int?)])
    func anAccessTokenIsToldBeforeItsEnd(_ days: Int64, level: Int?) throws {
        let token = AccessTokenView(
            APIToken(
                name: name("desk"), digest: try #require(Digest([UInt8](repeating: 1, count: 32))), role: .contract,
                created: Self.now, expires: Self.ahead(days * Self.day)),
            contract: "c-1", isValid: true)
        let found = rules([], access: [token]).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.secretExpiring]) && found.first?.level == level)
    }

    private var secured: Registry {
        deskRegistry { registry in
            for place in registry.mailboxes.indices { registry.mailboxes[place].security = .implicit }
        }
    }

    private func server(_ registry: Registry) -> String {
        CertificateBook.server(registry.mailboxes[0].server, registry.mailboxes[0].port)
    }

    @Test(arguments: [(15, nil), (14, 1), (8, 1), (7, 2), (1, 3), (-1, 3)] as [(Int64, Int?)])
    func aCertificateIsToldDaysBeforeItsEnd(_ days: Int64, level: Int?) throws {
        let registry = secured
        let found = rules(
            [line(.ok)], registry: registry, certificates: [server(registry): Self.ahead(days * Self.day)]
        ).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.certificateExpiring]) && found.first?.level == level)
        #expect(found.allSatisfy { $0.contracts == ["c-1"] && $0.subject == server(registry) })
    }

    @Test func aPinnedKeyHasNoEndAndPlainServersHaveNoCertificate() {
        var registry = secured
        let ends = [server(registry): Self.now]
        for place in registry.mailboxes.indices { registry.mailboxes[place].trust.pin = "sha256//x" }
        #expect(rules([line(.ok)], registry: registry, certificates: ends).findings.isEmpty)
        for place in registry.mailboxes.indices {
            (registry.mailboxes[place].trust.pin, registry.mailboxes[place].security) = (nil, .none)
        }
        #expect(rules([line(.ok)], registry: registry, certificates: ends).findings.isEmpty)
    }

    @Test func aCertificateThatNobodyHasSeenSinceTheStartIsUndecided() {
        let registry = secured
        let known = Alert(.certificateExpiring, server(registry), detail: "", since: Self.now)
        #expect(rules([line(.ok)], registry: registry).isUndecided(known))
        let seen = rules([line(.ok)], registry: registry, certificates: [server(registry): Self.ahead(90 * Self.day)])
        #expect(!seen.isUndecided(known))
        // No mailbox uses it any more.
        #expect(!rules([line(.unused)], registry: registry).isUndecided(known))
        #expect(!rules().isUndecided(Alert(.mailboxFailing, "x", detail: "", since: Self.now)))
    }

    @Test(
        arguments: [
            (7199, 1, false, "c-1", nil), (7200, 1, false, "c-1", 1), (86_400, 1, false, "c-1", 2),
            (86_400, 1, true, "c-1", nil), (86_400, 0, false, "c-1", nil), (86_400, 1, false, "(alerts)", nil),
            (86_400, 1, false, "drill", nil),
        ] as [(Int64, Int, Bool, String, Int?)])
    func anOldQueueIsTold(_ age: Int64, queued: Int, isHeld: Bool, contract: String, level: Int?) {
        var summary = LaneSummary(lane: lane(1, 1))
        (summary.queued, summary.oldestQueued) = (queued, Self.ago(age))
        var line = StatusReport.LaneLine(contract: contract, outbox: "out", summary: summary)
        line.heldSince = isHeld ? Self.now : nil
        let found = rules(lanes: [line]).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.queueAging]) && found.first?.level == level)
    }

    @Test(
        arguments: [
            (.waiting, 3599, nil, nil), (.waiting, 3600, nil, 1), (.disabled, nil, 599, nil), (.disabled, nil, 600, 2),
            (.disabled, 9999, 600, 2), (.paused, 9999, nil, nil), (.idle, nil, nil, nil),
        ] as [(EndpointView.State, Int64?, Int64?, Int?)])
    func anEndpointIsToldIfItFailsForLong(
        _ state: EndpointView.State, failing: Int64?, disabled: Int64?, level: Int?
    ) {
        var view = EndpointView(
            Contract.EventEndpoint(url: "https://desk.example/h", secret: .literal(Secret("s"))), contract: "c-1",
            state: state,
            kept: EndpointState(contract: ContractID(rawValue: 1), position: .unsaved))
        (view.failingSince, view.disabledSince) = (failing.map(Self.ago), disabled.map(Self.ago))
        let status = rules().status
        let found = AlertRules(status: status, registry: deskRegistry(), endpoints: [view]).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.endpointFailing]) && found.first?.level == level)
    }

    @Test(arguments: [(0, 90_000, false), (1, 86_399, false), (1, 86_400, true)] as [(Int, Int64, Bool)])
    func quarantineIsToldAfterADay(_ count: Int, age: Int64, isTold: Bool) {
        let found = rules(quarantine: QuarantineSummary(count: count, oldest: Self.ago(age))).findings
        #expect(found.map(\.kind) == (isTold ? [.quarantine] : []))
    }

    @Test(
        arguments: [
            (100 << 30, 6 << 30, nil), (100 << 30, 4 << 30, 1), (100 << 30, 1 << 29, 2), (2 << 30, 1 << 30, nil),
            (2 << 30, 400 << 20, 1), (2 << 30, 100 << 20, 2), (10 << 40, 100 << 30, nil),
        ] as [(Int64, Int64, Int?)])
    func aNearlyFullDiskIsTold(_ whole: Int64, free: Int64, level: Int?) {
        var host = HostFacts()
        (host.diskOctets, host.freeOctets) = (whole, free)
        let found = rules(host: host).findings
        #expect(found.map(\.kind) == (level == nil ? [] : [.diskLow]) && found.first?.level == level)
    }
}
