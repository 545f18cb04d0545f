// Mail that speaks of failed deliveries and is none; every word of the mails inside is invented.

enum FalseNotices {
    private static let quoted =
        "<kim@example.org>: host mx.example.org said: 550 5.1.1 User unknown (in reply to RCPT TO command)"
    private static let header =
        "Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <sent.1@example.com>\nFrom: ana@example.org\nTo: kim@example.org\nSubject: Offer\n"

    private static func mail(_ header: String, _ body: String) -> String {
        header + "\nTo: desk@example.com\n\n" + body
    }

    static let all: [Case<String>] = [
        Case(
            "a person quotes an error",
            mail(
                "Return-Path: <ana@example.org>\nFrom: Ana <ana@example.org>\nSubject: Cannot mail Kim",
                "I got this error, what shall I do?\n\n\(quoted)\n"), ""),
        Case(
            "a person forwards a bounce",
            mail(
                "From: Ana <ana@example.org>\nSubject: Fwd: Undelivered Mail Returned to Sender",
                "See below.\n\n-------- Forwarded Message --------\nSubject: Undelivered Mail Returned to Sender\nFrom: MAILER-DAEMON@mx.example.net\nTo: ana@example.org\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n\(quoted)\n"
            ), ""),
        Case(
            "a person sends one on under its own subject",
            mail(
                "From: Ana <ana@example.org>\nSubject: Undelivered Mail Returned to Sender",
                "This is the mail system.\nYour message could not be delivered.\n\n\(quoted)\n\n----- Original message -----\n\n\(header)"
            ), ""),
        Case(
            "a person answers a bounce",
            mail(
                "From: Ana <ana@example.org>\nIn-Reply-To: <x@mx.example.net>\nSubject: Re: Delivery Status Notification (Failure)",
                "Why?\n\n> Delivery to the following recipient failed permanently:\n>\n>      kim@example.org\n"), ""),
        Case(
            "a person attaches a bounce",
            mail(
                "From: Ana <ana@example.org>\nSubject: Delivery failure\nContent-Type: multipart/mixed; boundary=b",
                "--b\n\nWhat is this?\n\n\(quoted)\n--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.1.1\n--c--\n--b--\n"
            ), ""),
        Case(
            "a person sends the parts of one",
            mail(
                "From: Ana <ana@example.org>\nSubject: Undeliverable: Offer\nContent-Type: multipart/mixed; boundary=b",
                "--b\n\nYour message could not be delivered:\n\n\(quoted)\n--b\nContent-Type: message/delivery-status; name=details.txt\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\n\(header)\n--b--\n"
            ), ""),
        Case(
            "a parcel",
            mail(
                "From: Parcels <noreply@parcel.example>\nSubject: Failed delivery of your parcel",
                "Your parcel could not be delivered to the following address:\n\n12 High Street\n\nQuestions? help@parcel.example\n"
            ), ""),
        Case(
            "a parcel, more like a bounce",
            mail(
                "From: <no-reply@parcel.example>\nSubject: Delivery failed: parcel 550 1234",
                "We were unable to deliver your parcel to the following recipient:\n\nKim Doe <kim@example.org>\n"), ""),
        Case(
            "a parcel service that is called so",
            mail(
                "Return-Path: <>\nFrom: Royal Mail Delivery Service <no-reply@parcel.example>\nSubject: Delivery failed",
                "Your parcel could not be delivered. Write to help@parcel.example or call.\n"), ""),
        Case(
            "monitoring",
            mail(
                "From: root@web.example\nSubject: Mail queue: 3 messages undelivered",
                "Warning: could not be delivered for 4 hours:\n\n  kim@example.org\n    Connection refused\n"), ""),
        Case(
            "a log",
            mail(
                "From: Cron Daemon <root@mx.example>\nSubject: Cron <root@mx> pflogsumm",
                "message bounce detail\n  550 5.1.1 <kim@example.org>: User unknown (total: 3)\n"), ""),
        Case(
            "a newsletter with an empty return path",
            mail(
                "Return-Path: <>\nFrom: News <news@shop.example>\nList-Id: <news.shop.example>\nSubject: Delivery for free",
                "Order today. Questions: help@shop.example\n"), ""),
        Case(
            "an absent person",
            mail(
                "Return-Path: <>\nFrom: Kim <kim@example.org>\nAuto-Submitted: auto-replied\nSubject: Automatic reply: Offer",
                "I am away. Your message was not delivered to anyone else; in urgent cases ask jo@example.org.\n"), ""),
        Case(
            "an absent person quotes what could not be",
            mail(
                "Return-Path: <>\nFrom: Kim <kim@example.org>\nSubject: Abwesend",
                "Ihre Nachricht konnte nicht gelesen werden.\n\nVertretung:\njo@example.org\n"), ""),
        Case(
            "a postmaster who writes",
            mail(
                "Return-Path: <postmaster@example.org>\nFrom: Lee, Postmaster <postmaster@example.org>\nSubject: Your question",
                "Dear Ana,\n\nmail to this address could not be delivered:\n\nkim@example.org\n\nWe look into it.\n"),
            ""),
        Case(
            "an absent person's program quotes a bounce",
            mail(
                "Return-Path: <>\nFrom: Kim <kim@example.org>\nSubject: Automatic reply: Undelivered Mail Returned to Sender",
                "I am away.\n\n> Your message could not be delivered:\n>\n> \(quoted)\n"), ""),
        Case(
            "a ticket system tells about a bounce",
            mail(
                "Return-Path: <>\nFrom: Tickets <no-reply@acme.example>\nSubject: [Ticket 12] Undelivered Mail Returned to Sender",
                "Ana wrote:\n\nYour message could not be delivered:\n\n\(quoted)\n\n----- Original message -----\n\n\(header)"
            ), ""),
        Case(
            "a list's moderator",
            mail(
                "From: team-owner@lists.example.org\nSubject: Your message to Team awaits moderator approval",
                "Your message to Team is held.\n\nThe reason it is being held:\n\n    Post by non-member to a members-only list\n\nteam-owner@lists.example.org\n"
            ), ""),
        Case(
            "an order",
            mail(
                "From: Orders <orders@shop.example>\nSubject: Delivery notification",
                "Your order 550 was not delivered to:\n\nkim@example.org\n"), ""),
        Case(
            "reports about TLS",
            "Return-Path: <>\nFrom: TLS reports <tls@example.org>\nSubject: Report Domain: example.com\nContent-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n--b\n\nAggregate report, nobody failed: kim@example.org\n--b\nContent-Type: application/tlsrpt+gzip\n\nx\n--b--\n",
            ""),
        Case(
            "JSON from a person",
            mail(
                "From: Ana <ana@example.org>\nSubject: Webhook",
                "{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"kim@example.org\"}]}}\n"
            ), ""),
    ]
}
