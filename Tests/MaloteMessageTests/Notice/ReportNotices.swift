// Bounces with fields for machines, well formed and damaged; every word of the mails inside is invented.

enum ReportNotices {
    static let wellFormed: [NoticeCase] = [
        NoticeCase(
            report: "one recipient",
            "Reporting-MTA: dns; mx.example.net\nOriginal-Envelope-Id: env+2B1\nArrival-Date: Mon, 2 Mar 2026 10:00:00 +0000\n\nFinal-Recipient: rfc822; kim@example.org\nOriginal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; 550 5.1.1 <kim@example.org>: User unknown\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "one failed, one delayed, one delivered",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 over quota\n\nFinal-Recipient: rfc822;jo@example.org\nAction: delayed\nStatus: 4.4.1\n\nFinal-Recipient: rfc822;lee@example.org\nAction: delivered\nStatus: 2.0.0\n",
            "bounce\nkim@example.org 5.2.2 full\njo@example.org 4.4.1 network delayed\nlee@example.org 2.0.0 unknown delivered"
        ),
        NoticeCase(
            report: "an alias that became two",
            "Reporting-MTA: dns; mx.example.net\n\nOriginal-Recipient: rfc822;team@example.org\nFinal-Recipient: rfc822;kim@in.example.org\nAction: failed\nStatus: 5.1.1\n\nOriginal-Recipient: rfc822;team@example.org\nFinal-Recipient: rfc822;jo@in.example.org\nAction: failed\nStatus: 5.2.2\n",
            "bounce\nteam@example.org 5.1.1 unknown-user hard\njo@in.example.org 5.2.2 full"),
        NoticeCase(
            report: "relayed",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\nAction: relayed\nStatus: 2.0.0\n",
            "delivered\nkim@example.org 2.0.0 unknown relayed"),
        NoticeCase(
            report: "expanded",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;team@example.org\nAction: expanded (to multi-recipient alias)\nStatus: 2.0.0\n",
            "delivered\nteam@example.org 2.0.0 unknown expanded"),
        NoticeCase(
            report: "in UTF-8",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: utf-8; köln@example.org\nAction: failed\nStatus: 5.1.1\n",
            type: "message/global-delivery-status", "bounce\nköln@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "UTF-8 in its escaped form",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: utf-8; k\\x{F6}ln@example.org\nAction: failed\nStatus: 5.1.1\n",
            "bounce\nköln@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "a status without detail is made better by the words",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Requested action not taken: no such user here\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "a status without detail is made better by the code in the answer",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.3.4 Message size exceeds fixed limit\n",
            "bounce\nkim@example.org 5.3.4 too-large"),
        NoticeCase(
            report: "the words are only in the text",
            text:
                "<kim@example.org>: host mx.example.org[192.0.2.7] said: 550 User unknown\n    (in reply to RCPT TO command)\n",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.0.0\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "refused after the whole mail was seen",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 User unknown (in reply to end of DATA command)\n",
            "bounce\nkim@example.org 5.1.1 refused"),
        NoticeCase(
            report: "given up",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connect to mx.example.org[192.0.2.7]:25: Connection timed out\n",
            "bounce\nkim@example.org 4.4.1 network"),
    ]

    static let damaged: [NoticeCase] = [
        NoticeCase(
            report: "no blank line behind the mail's own fields",
            "Reporting-MTA: dns; mx.example.net\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.1.1\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "no blank line between recipients",
            "Reporting-MTA: dns; mx.example.net\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822;jo@example.org\nAction: failed\nStatus: 5.2.2\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard\njo@example.org 5.2.2 full"),
        NoticeCase(
            report: "a blank line too much",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822;kim@example.org\n\nAction: failed\nStatus: 5.1.1\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "a capital, a comment, brackets and no type",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: <kim@example.org>\nAction: Failed\nStatus: 5.1.1 (bad destination)\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "expired is failed",
            "Final-Recipient: rfc822; kim@example.org\nAction: expired\nStatus:\nDiagnostic-Code: Connection timed out\n",
            "bounce\nkim@example.org 5.4.7 expired"),
        NoticeCase(
            report: "no recipient in the fields", text: "Your message to kim@example.org could not be delivered.\n",
            "Reporting-MTA: dns; mx.example.net\nAction: failed\nStatus: 5.1.1\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            report: "no fields at all", text: "<kim@example.org>: 550 5.1.1 unknown user\n", "",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "fields in the text", subject: "Delivery Status Notification (Failure)",
            "An error occurred while trying to deliver the mail to the following recipients:\nkim@example.org\n\nTechnical report:\n\nReporting-MTA: dsn; out.example.net\n\nAction: failed\nFinal-Recipient: rfc822; kim@example.org\nDiagnostic-Code: smtp; 550 5.1.1\n <kim@example.org>... User Unknown\nStatus: 5.1.1\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "parts that nobody took apart", from: "Mail Delivery Subsystem <MAILER-DAEMON>",
            subject: "Returned mail: see transcript for details",
            "--x/mx\n\n   ----- The following addresses had permanent fatal errors -----\n<kim@example.org>\n    (reason: 550 Mailbox full)\n\n--x/mx\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: RFC822; kim@example.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: SMTP; 550 Mailbox full\n\n--x/mx\nContent-Type: message/rfc822\n\nFrom: desk@example.com\n",
            "bounce\nkim@example.org 5.2.2 full"),
        NoticeCase(
            "a mixed mail from a server", from: "postmaster@example.net",
            header: "Content-Type: multipart/mixed; boundary=b\n",
            "--b\n\nDelivery to the following recipients failed.\n\n       kim@example.org\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.5.0\nDiagnostic-Code: smtp;503 Improper sequence of commands\n--b--\n",
            "bounce\nkim@example.org 5.5.0 system"),
        NoticeCase(
            "a refusal in the form of a receipt", from: "Mail Delivery Subsystem <postmaster@example.org>",
            subject: "Automatically rejected mail",
            header:
                "Auto-Submitted: auto-replied (rejected)\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n",
            "--b\n\nYour message to <kim@example.org> was automatically rejected:\nQuota exceeded\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; kim@example.org\nDisposition: automatic-action/MDN-sent-automatically; deleted\n--b--\n",
            "bounce\nkim@example.org 5.2.2 full"),
    ]

    static let others: [NoticeCase] = [
        NoticeCase(
            report: "a complaint",
            "Feedback-Type: abuse\nUser-Agent: Loop/1\nVersion: 1\nOriginal-Rcpt-To: <kim@example.org>\nOriginal-Rcpt-To: <jo@example.org>\n",
            type: "message/feedback-report",
            "complaint\nkim@example.org - complaint complained\njo@example.org - complaint complained"),
        NoticeCase(
            report: "a complaint that hides who complains", "Feedback-Type: fraud\nVersion: 1\n",
            type: "message/feedback-report", "complaint\nkim@example.org - complaint complained"),
        NoticeCase(
            "a complaint without the form",
            mail:
                "Return-Path: <a@example.net>\nFrom: <staff@example.net>\nSubject: complaint about message from 192.0.2.7\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nFrom: desk@example.com\nTo: kim@example.net\nSubject: Offer\n\n--b--\n",
            "complaint\nkim@example.net - complaint complained"),
        NoticeCase(
            report: "a praise", "Feedback-Type: not-spam\nVersion: 1\n", type: "message/feedback-report", "none"),
        NoticeCase(
            report: "a receipt",
            "Reporting-UA: example; mail\nFinal-Recipient: rfc822;kim@example.org\nOriginal-Message-ID: <sent.1@example.com>\nDisposition: manual-action/MDN-sent-manually; displayed\n",
            type: "message/disposition-notification", "receipt\nkim@example.org - unknown delivered"),
    ]

    static let delayed: [NoticeCase] = [
        NoticeCase(
            report: "by its action",
            "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; kim@example.org\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sat, 7 Mar 2026 10:00:00 +0000\n",
            "delayed\nkim@example.org 4.4.1 network delayed"),
        NoticeCase(
            "Exim", from: "Mail Delivery System <Mailer-Daemon@mx.example.net>",
            subject: "Warning: message 1aB delayed 24 hours",
            "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.net.\n\nThe address to which the message has not yet been delivered is:\n\n  kim@example.org\n    Delay reason: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time. Eventually the mail delivery software will give up,\nand when that happens, the message will be returned to you.\n",
            "delayed\nkim@example.org 4.4.7 expired delayed"),
        NoticeCase(
            "sendmail", from: "Mail Delivery Subsystem <MAILER-DAEMON>",
            subject: "Warning: could not send message for past 4 hours",
            "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n   ----- The following addresses had transient non-fatal errors -----\n<kim@example.org>\n\n   ----- Transcript of session follows -----\n<kim@example.org>... Deferred: Connection refused by mx.example.org.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
            "delayed\nkim@example.org 4.4.1 network delayed"),
        NoticeCase(
            "Gmail", from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            subject: "Delivery Status Notification (Delay)",
            "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n     kim@example.org\n\nMessage will be retried for 2 more day(s)\n\nTechnical details of temporary failure: \nThe recipient server did not accept our requests to connect.\n",
            "delayed\nkim@example.org 4.4.1 network delayed"),
        NoticeCase(
            "given up after all", subject: "Mail delivery failed",
            "Your message has been delayed, and delivery is now given up:\n\n<kim@example.org>: Could not deliver for the last 432000 seconds. Giving up.\n",
            "bounce\nkim@example.org 5.4.7 expired"),
        NoticeCase(
            "German", subject: "Zustellung verzögert",
            "Die Zustellung Ihrer Nachricht verzögert sich, sie konnte noch nicht zugestellt werden an:\n\n<kim@example.de>: Connection refused\n",
            "delayed\nkim@example.de 4.4.1 network delayed"),
    ]
}
