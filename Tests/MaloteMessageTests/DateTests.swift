// Date fields: the standard's forms, the obsolete ones, and damage.

import MaloteCore
import Testing

struct DateTests {
    @Test(arguments: [
        Case("the usual form", "Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06.000Z"),
        Case("without a weekday", "21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06.000Z"),
        Case("without seconds", "21 Nov 1997 09:55 +0000", "1997-11-21T09:55:00.000Z"),
        Case("one digit of a day", "Tue, 1 Jul 2003 10:52:37 +0200", "2003-07-01T08:52:37.000Z"),
        Case("half an hour's zone", "Thu, 13 Feb 1969 23:32:54 -0330", "1969-02-14T03:02:54.000Z"),
        Case("unknown zone -0000", "Wed, 11 Oct 2017 08:54:32 -0000", "2017-10-11T08:54:32.000Z"),
        Case("GMT", "21 Nov 1997 09:55:06 GMT", "1997-11-21T09:55:06.000Z"),
        Case("UT", "22 Jan 2002 14:35:28 UT", "2002-01-22T14:35:28.000Z"),
        Case("EST", "21 Nov 1997 09:55:06 EST", "1997-11-21T14:55:06.000Z"),
        Case("PDT", "21 Jul 1997 09:55:06 pdt", "1997-07-21T16:55:06.000Z"),
        Case("a military letter", "21 Nov 1997 09:55:06 K", "1997-11-21T09:55:06.000Z"),
        Case("two digits of this century", "21 Nov 26 09:55:06 GMT", "2026-11-21T09:55:06.000Z"),
        Case("two digits of the last", "21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06.000Z"),
        Case("three digits", "21 Nov 126 09:55:06 GMT", "2026-11-21T09:55:06.000Z"),
        Case("a zone's name in a comment", "21 Nov 1997 09:55:06 -0600 (CST)", "1997-11-21T15:55:06.000Z"),
        Case(
            "comments and blanks everywhere", "Fri (day), 21 Nov 1997 09(h):   55  :  06 -0600",
            "1997-11-21T15:55:06.000Z"),
        Case("a comment that never ends", "21 Nov 1997 09:55:06 -0600 (C", "1997-11-21T15:55:06.000Z"),
        Case("hyphens", "21-Nov-2026 10:00:00 -0300", "2026-11-21T13:00:00.000Z"),
        Case("a month in full", "21 November 2026 10:00:00 +0000", "2026-11-21T10:00:00.000Z"),
        Case("the C library's order", "Fri Nov 21 09:55:06 1997", "1997-11-21T09:55:06.000Z"),
        Case("a leap second", "31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00.000Z"),
        Case("no time", "21 Nov 1997", "1997-11-21T00:00:00.000Z"),
        Case("no zone", "21 Nov 1997 09:55:06", "1997-11-21T09:55:06.000Z"),
        Case("a damaged zone", "12 Oct 2010 16:21:05 H0500", "2010-10-12T16:21:05.000Z"),
        Case("an impossible zone", "12 Oct 2010 16:21:05 +9999", "2010-10-12T16:21:05.000Z"),
        Case("folded", "Fri,\n 21 Nov 1997\n\t09:55:06 -0600", "1997-11-21T15:55:06.000Z"),
        Case("leap day", "29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00.000Z"),
        Case("a leap day that is none", "29 Feb 2023 00:00:00 +0000", nil),
        Case("a day that is none", "31 Nov 2023 00:00:00 +0000", nil),
        Case("a month that is none", "21 Foo 1997 09:55:06 -0600", nil),
        Case("an impossible time", "15 Dec 2010 59:10 -0500", nil),
        Case("a negative hour", "15 Dec 2010 -1:10 -0500", nil),
        Case("a year beyond reason", "15 Dec 99999999999999999999 10:10 -0500", nil),
        Case("a comment alone", "(invalid)", nil),
        Case("half of one", "Thu,", nil),
        Case("nothing", "", nil),
    ])
    func date(_ item: Case<String?>) {
        #expect(view("Date: \(item.given)\n\n").date?.description == item.expected)
    }
}
