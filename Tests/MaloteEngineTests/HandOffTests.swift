// Two stages side by side: no piece too far ahead, nothing lost, nobody left waiting.

import Testing

@testable import MaloteEngine

@Suite struct HandOffTests {
    @Test(arguments: [1, 7]) func everythingArrivesInOrder(room: Int) async {
        let place = HandOff<Int>(room: room)
        async let taken: [Int] = {
            var taken: [Int] = []
            while case let pieces = await place.take(), !pieces.isEmpty {
                #expect(pieces.count <= room)
                taken += pieces
            }
            return taken
        }()
        for number in 1...1000 { #expect(await place.give(number)) }
        place.end()
        #expect(await taken == Array(1...1000))
    }

    /// Whoever waits with a second piece is told that nobody takes it.
    @Test func anEndLetsTheGiverGo() async {
        let place = HandOff<Int>()
        #expect(await place.give(1))
        async let second = place.give(2)
        place.end()
        #expect(await !second)
        // What was taken over before the end is not lost.
        #expect(await place.take() == [1])
        #expect(await place.take() == [])
    }

    @Test func anEndLetsTheTakerGo() async {
        let place = HandOff<Int>()
        async let taken = place.take()
        place.end()
        #expect(await taken == [])
    }
}
