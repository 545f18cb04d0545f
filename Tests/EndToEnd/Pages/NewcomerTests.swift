// Somebody who has only a browser and a token: registers a mailbox, tests it, makes a contract, and sees a ticket.

import Foundation
import MaloteTestKit
import Testing

@Suite(
    .serialized, .enabled(if: RealPostfix.isPossible && RealBrowser.isPossible, "Postfix needs root, pages Chromium"))
struct NewcomerTests {
    @Test func registersAMailboxByPageAlone() async throws {
        let folder = try TemporaryFolder()
        let acme = try Customer("acme", in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let browser = try await RealBrowser(in: folder.path + "/browser")
        try browser.open(try daemon.webAddress)
        try browser.type(try daemon.token(), into: "#token")
        try browser.click("form button")
        try browser.click("nav a[href='/mailboxes']")
        try browser.click("a[href='/mailboxes/new']")
        try fieldsFollowTheType(browser)

        try browser.click("#type-inbox")
        try browser.type("help-in", into: "#name")
        try browser.type("What Acme asks", into: "#description")
        try browser.type("localhost", into: "#server")
        try browser.type("\(acme.dovecot.ports["imaps"] ?? 0)", into: "#port")
        try browser.type(acme.user, into: "#user")
        try browser.type("wrong", into: "#password")
        _ = try browser.run("document.querySelectorAll('details').forEach(e => e.open = true)")
        try browser.type(acme.dovecot.caFile, into: "#ca")
        try browser.click("button[value='test']")
        // The password is wrong, and the test says so where it failed.
        try await expect(browser) { try browser.text.contains("refused") }

        try browser.open(try daemon.webAddress + "/mailboxes/help-in/edit")
        #expect(try browser.run("return document.querySelector('#password').value") as? String == "")
        try browser.type(acme.dovecot.password, into: "#password")
        try browser.click("button[value='test']")
        try await expect(browser) {
            try !browser.text.contains("refused") && browser.has("a[href='/mailboxes/help-in']")
        }

        try browser.open(try daemon.webAddress + "/mailboxes/help-in")
        try browser.click("a[href^='/contracts/new']")
        try browser.type("acme", into: "#name")
        try browser.type("Acme Ltda", into: "#title")
        try browser.type("ACME", into: "#prefix")
        #expect(
            try browser.run("return document.querySelector('[name=inboxes][value=help-in]').checked") as? Bool == true)
        try browser.click("main form button:not([name])")
        try await expect(browser) { try browser.text.contains("Acme Ltda") }

        try acme.dovecot.deliver(acme.mails(0..<1))
        let isThere = try await eventually(within: .seconds(90)) {
            try browser.open(try daemon.webAddress + "/tickets")
            return try browser.text.contains("ACME-1")
        }
        #expect(isThere, "\(daemon.log)")
        // The fault that the first test had is told by the page of who did what.
        try browser.open(try daemon.webAddress + "/access")
        try await expect(browser) { try browser.text.contains("help-in") }
        acme.stopServers()
        daemon.stop()
    }

    private func expect(_ browser: RealBrowser, _ condition: () async throws -> Bool) async throws {
        let holds = try await eventually(condition)
        let text = try browser.text
        #expect(holds, "\(text)")
    }

    /// By the style sheet alone.
    private func fieldsFollowTheType(_ browser: RealBrowser) throws {
        func isShown(_ selector: String) throws -> Bool {
            try browser.run("return document.querySelector('\(selector)').offsetParent !== null") as? Bool ?? false
        }
        try browser.click("#type-outbox")
        #expect(try !isShown("#provider") && !isShown("#folder") && isShown("#tls") && isShown("#senders"))
        try browser.click("#auth-false")
        #expect(try !isShown("#user"))
        try browser.click("#auth-true")
        try browser.click("#type-inbox")
        #expect(try isShown("#provider") && isShown("#folder") && !isShown("#tls") && isShown("#user"))
    }
}
