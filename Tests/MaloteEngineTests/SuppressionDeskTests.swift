// What an operator does with addresses that are not written to: each once, in order, by pages.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct SuppressionDeskTests {
    private func suppress(_ house: House, _ contract: String, _ address: String, _ reason: String = "asked") throws
        -> SuppressionView
    {
        try house.stage.run { [room = Run(house).room()] in
            try await room.suppress(contract: contract, address: address, reason: reason)
        }
    }

    private func list(_ house: House, _ contract: String? = nil, _ page: PageWish = .init()) throws -> [SuppressionView]
    {
        try house.stage.run { [room = Run(house).room()] in
            try await room.suppressions(contract: contract, page: page)
        }
    }

    private func expectProblem(_ status: Int, _ body: () throws -> Void) {
        let problem = #expect(throws: Problem.self, performing: body)
        #expect(problem?.status == status)
    }

    @Test func anAddressIsOneHoweverItIsWritten() throws {
        let house = House(deskRegistry(1...2))
        let first = try suppress(house, "c-1", "Ana <ana@Customer.Example>", "She asked\r\nus to.")
        #expect(first.contract == "c-1" && first.address == "ana@customer.example")
        #expect(!first.reason.hasControlCharacter && first.reason.hasPrefix("She asked"))
        house.stage.advance(by: .seconds(60))
        // The first reason counts.
        #expect(try suppress(house, "c-1", "ana@customer.example", "again") == first)
        #expect(try suppress(house, "c-2", "ana@customer.example").contract == "c-2")
        #expect(try list(house).count == 2)
        #expect(try list(house, "c-1") == [first])
    }

    @Test func pagesComeOneAfterAnother() throws {
        let house = House(deskRegistry(1...2))
        for number in 0..<5 {
            _ = try suppress(house, "c-\(number % 2 + 1)", "a\(number)@x.example")
            house.stage.advance(by: .seconds(1))
        }
        let all = try list(house)
        #expect(all.count == 5)
        var (seen, page): ([SuppressionView], PageWish) = ([], PageWish(limit: 2))
        while let last = try list(house, nil, page).last {
            seen += try list(house, nil, page)
            page.after = last.cursor
        }
        #expect(seen == all)
    }

    @Test func whatIsTakenBackIsWrittenToAgain() throws {
        let house = House()
        _ = try suppress(house, "c-1", "ana@customer.example")
        let room = Run(house).room()
        let takeBack = {
            try house.stage.run { try await room.unsuppress(contract: "c-1", address: "ANA@customer.example") }
        }
        #expect(throws: Never.self, performing: takeBack)
        #expect(try list(house).isEmpty)
        expectProblem(404, takeBack)
    }

    @Test(arguments: ["", "ana", "ana@", "a b@x.example", "ana@x.example\r\nDATA", "<ana@x.example>>"])
    func whatIsNoAddressIsRefused(_ address: String) {
        let house = House()
        expectProblem(422) { _ = try suppress(house, "c-1", address) }
        #expect(house.store.commits == 0)
    }

    @Test(arguments: ["x", "1/c-1", "x/c-1/a@x.example", "1/nobody/a@x.example"])
    func aCursorThatIsNoneIsSaid(_ cursor: String) {
        expectProblem(422) { _ = try list(House(), nil, PageWish(after: cursor)) }
    }

    @Test func aContractThatIsNotThereIsSaid() {
        expectProblem(404) { _ = try suppress(House(), "nobody", "a@x.example") }
        expectProblem(404) { _ = try list(House(), "nobody") }
    }
}
