// The wall clock's text form, both ways; knows no clock.

import MaloteCore
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", Int64(0)),
        ("2026-11-21T05:50:15.042Z", 1_795_240_215_042),
        ("2000-02-29T23:59:59.999Z", 951_868_799_999),
        ("1969-12-31T23:59:59.999Z", -1),
    ])
    func printsAndReads(text: String, milliseconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(rfc3339: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(arguments: ["", "2026-02-30", "2026-13-01", "26-01-01", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z"])
    func refusesImpossibleDates(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func everyDayOfFourCenturiesSurvivesTheRoundTrip() {
        for day in Int64(-150_000)...150_000 {
            #expect(CivilDate(daysSinceEpoch: day).daysSinceEpoch == day)
        }
    }
}
