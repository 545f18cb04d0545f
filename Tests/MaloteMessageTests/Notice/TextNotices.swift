// Bounces without fields for machines, in the shapes of many servers; every word of the mails inside is invented.

enum TextNotices {
    private static let returned =
        "Received: from desk.example.com by mx.example.net; Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <sent.1@example.com>\nFrom: desk@example.com\nTo: kim@example.org, jo@example.org\nSubject: Offer\n\nDear Kim, mail jo@example.org: 550 no such user\n"

    static let addressAndReason: [NoticeCase] = [
        NoticeCase(
            "qmail, two recipients", subject: "failure notice",
            "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<kim@example.org>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 <kim@example.org>: no such person here\nGiving up on 192.0.2.7.\n\n<jo@example.org>:\nUser is over quota (#5.2.2)\n\n--- Below this line is a copy of the message.\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard\njo@example.org 5.2.2 full"),
        NoticeCase(
            "qmail without host", subject: "failure notice",
            "Hi. This is the qmail-send program at mx.example.net.\n\n<kim@gone.example>:\nSorry, I couldn't find any host named gone.example. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\n\(returned)",
            "bounce\nkim@gone.example 5.1.2 unknown-host hard"),
        NoticeCase(
            "Exim", from: "Mail Delivery System <Mailer-Daemon@mx.example.net>",
            subject: "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  kim@example.org\n    host mx.example.org [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<kim@example.org>:\n    550 5.1.1 <kim@example.org>: Recipient address rejected: User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "Exim, unrouteable", from: "Mail Delivery System <Mailer-Daemon@mx.example.net>",
            subject: "Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  kim@gone.example\n    Unrouteable address\n  jo@gone.example\n    all relevant MX records point to non-existent hosts\n\n------ This is a copy of the message, including all the headers. ------\n\n\(returned)",
            "bounce\nkim@gone.example 5.1.2 unknown-host hard\njo@gone.example 5.1.2 unknown-host hard"),
        NoticeCase(
            "Exim names a mailbox and its header the recipient",
            from: "Mail Delivery System <Mailer-Daemon@mx.example.net>",
            subject: "Mail delivery failed: returning message to sender",
            header: "X-Failed-Recipients: kim@example.org\n",
            "A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) failed:\n\n  save to /var/mail/kim\n    mailbox is full\n\n------ This is a copy of the message, including all the headers. ------\n\n\(returned)",
            "bounce\nkim@example.org 5.2.2 full"),
        NoticeCase(
            "Postfix, text only", from: "Mail Delivery System <MAILER-DAEMON@mx.example.net>",
            "This is the Postfix program at host mx.example.net.\n\nI'm sorry to have to inform you that your message could not be\ndelivered to one or more recipients.\n\nFor further assistance, please send mail to <postmaster@example.net>\n\n<kim@example.org>: host mx.example.org[192.0.2.7] said: 552 5.2.2 Mailbox\n    over quota (in reply to RCPT TO command)\n\n<jo@example.org> (expanded from <team@example.org>): host mx.example.org said: 550\n    User unknown (in reply to RCPT TO command)\n",
            "bounce\nkim@example.org 5.2.2 full\njo@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "an address in the reason",
            "This is the mail system at host mx.example.net.\n\n<kim@example.org>: host mx.example.org[192.0.2.7] said: 553 5.1.8\n    <desk@mail.example.com> sender domain does not exist (in reply to MAIL FROM\n    command)\n",
            "bounce\nkim@example.org 5.1.8 refused"),
        NoticeCase(
            "PowerMTA gives up",
            "I am sending you this message to inform you on the delivery status of a\nmessage you previously sent.  Immediately below you will find a list of\nthe affected recipients.\n\n  <kim@example.org>  delivery failed; will not continue trying\n",
            "bounce\nkim@example.org 5.0.0 unknown"),
        NoticeCase(
            "a list on one line", subject: "Mail delivery failed",
            "Your message could not be delivered to:\n\nkim@example.org, jo@example.org\n\nThe host is unknown.\n\nFor questions contact\n\nhelp@example.net\n",
            "bounce\nkim@example.org 5.1.2 unknown-host hard\njo@example.org 5.1.2 unknown-host hard"),
        NoticeCase(
            "HTML only", subject: "Undeliverable: Offer", header: "Content-Type: text/html; charset=utf-8\n",
            "<html><body><p>Your message could not be delivered to:</p><table><tr><td>kim@example.org</td></tr><tr><td>550 5.1.1 user unknown</td></tr></table></body></html>",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "OpenSMTPD", from: "Mailer Daemon <MAILER-DAEMON@mx.example.net>",
            subject: "Delivery status notification: error",
            "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nkim@example.org: 550 5.7.1 Message rejected: listed at the Spamhaus list\n\n    Below is a copy of the original message:\n\n\(returned)",
            "bounce\nkim@example.org 5.7.1 blocked"),
        NoticeCase(
            "1&1 style, quoted addresses", subject: "Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered to one or more of\nits recipients. The following address\nfailed:\n\n\"kim@example.org\":\nSMTP error from remote server after RCPT command:\nhost: mx.example.org\n5.2.1 Mailbox disabled\n\n--- The header of the original message is following. ---\n\n\(returned)",
            "bounce\nkim@example.org 5.2.1 disabled"),
        NoticeCase(
            "numbered on one line", subject: "mail failed, returning to sender",
            "|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n kim@nowhere.example ... unknown host\n|------------------------- Message text follows: ------------------------|\n\(returned)",
            "bounce\nkim@nowhere.example 5.1.2 unknown-host hard"),
        NoticeCase(
            "square brackets", from: "\"Mail Deliver System\" <MAILER-DAEMON@mx.example.net>",
            subject: "Returned Mail: User unknown",
            "The original message was received at Mon, 2 Mar 2026 10:00:00 +0000\nfrom desk@example.com\n\n---The following addresses had delivery errors---\n\nkim@example.org [User unknown]\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "an X.400 address", from: "System Administrator <postmaster@example.net>", subject: "Undeliverable: Offer",
            "Your message\n\n  To:      team@example.org\n  Subject: Offer\n  Sent:    Mon, 2 Mar 2026 10:00:00 +0000\n\ndid not reach the following recipient(s):\n\nc=US;a= ;p=ORG;o=Site;dda:SMTP=kim@example.org; on Mon, 2 Mar 2026 10:00:01\n    The recipient name is not recognized\n    MSEXCH:IMS:ORG:SITE:HOST 0 (000C05A6) Unknown Recipient\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "MailEnable", from: "\"Delivery Subsystem\" <POSTMASTER@example.net>", subject: "Message Delivery Failure",
            "MailEnable: Message could not be delivered to some recipients.\nThe following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:kim@example.org]\n\tReason: Remote SMTP Server Returned: 550 mailbox unavailable or not local.\n\nMessage headers follow:\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
    ]

    static let transcripts: [NoticeCase] = [
        NoticeCase(
            "sendmail", from: "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
            subject: "Returned mail: see transcript for details",
            "The original message was received at Mon, 2 Mar 2026 10:00:00 GMT\nfrom localhost\n\n   ----- The following addresses had permanent fatal errors -----\n<kim@example.org>\n    (reason: 550 5.1.1 <kim@example.org>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.org.:\n>>> DATA\n<<< 550 5.1.1 <kim@example.org>... User unknown\n550 5.1.1 <kim@example.org>... User unknown\n<<< 503 5.0.0 Need RCPT (recipient)\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "an old transcript, three outcomes", from: "Mail Delivery Subsystem <MAILER-DAEMON>",
            subject: "Returned mail: User unknown",
            "   ----- Transcript of session follows -----\nWhile talking to mx.example.org:\n>>> RCPT To:<kim@example.org>\n<<< 550 <kim@example.org>... User unknown\n550 <kim@example.org>... User unknown\n550 gone.example (smtp)... 550 Host unknown\n554 <jo@gone.example>... 550 Host unknown (Authoritative answer from name server)\n\n   ----- Unsent message follows -----\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard\njo@gone.example 5.1.2 unknown-host hard"),
        NoticeCase(
            "both sides, refused after the data", from: "Mail Delivery System <MAILER-DAEMON@mx.example.net>",
            subject: "Postfix SMTP server: errors from relay.example.org",
            "Transcript of session follows.\n\n Out: 220 mx.example.net ESMTP\n In:  EHLO relay.example.org\n Out: 250 mx.example.net\n In:  MAIL FROM:<desk@example.com>\n Out: 250 2.1.0 Ok\n In:  RCPT TO:<kim@example.org> ORCPT=rfc822;kim@example.org\n Out: 250 2.1.5 Ok\n In:  DATA\n Out: 354 End data\n Out: 451 4.3.0 Error: queue file write error\n",
            "bounce\nkim@example.org 4.3.0 system"),
        NoticeCase(
            "arrows and a label", from: "Postmaster@example.jp", subject: "Mail System Error - Returned Mail",
            "Each of the following recipients was rejected by a remote\nmail server.\n\n    Recipient: <kim@example.jp>\n    >>> RCPT TO:<kim@example.jp>\n    <<< 550 <kim@example.jp>: User unknown\n",
            "bounce\nkim@example.jp 5.1.1 unknown-user hard"),
        NoticeCase(
            "only a command", from: "\"InterScan MSS\" <postmaster@example.jp>", subject: "Mail could not be delivered",
            "...\n\nSent <<< RCPT TO:<kim@example.jp>\nReceived >>> 550 5.1.1 unknown user\n...\n",
            "bounce\nkim@example.jp 5.1.1 unknown-user hard"),
        NoticeCase(
            "too many hops", subject: "Returned mail: too many hops",
            "   ----- The following addresses had permanent fatal errors -----\nkim@example.org\n\n   ----- Transcript of session follows -----\n554 5.4.6 Too many hops 26 (25 max): from desk@example.com via localhost, to kim@example.org\n",
            "bounce\nkim@example.org 5.4.6 loop"),
    ]

    static let sentences: [NoticeCase] = [
        NoticeCase(
            "Domino", from: "Postmaster@example.org",
            subject: "DELIVERY FAILURE: User kim (kim@example.org) not listed in Domino Directory",
            "Your message\n\n  Subject: Offer\n\nwas not delivered to:\n\n  kim@example.org\n\nbecause:\n\n  User kim (kim@example.org) not listed in Domino Directory\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "Notes, the reason first", from: "POSTMASTER@gw.example.org", subject: "Undeliverable message",
            "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nkim@example.org\n\n------- Returned Message --------\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "IMail", from: "Postmaster <postmaster@example.org>", subject: "Undeliverable Mail",
            "Unknown user: kim@example.org\n\n\nOriginal message follows.\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "DragonFly", from: "MAILER-DAEMON <>", subject: "Mail delivery failed",
            "This is the DragonFly Mail Agent v0.13 at mx.example.net.\n\nThere was an error delivering your mail to <kim@example.org>.\n\nmx.example.org [192.0.2.7] did not like our RCPT TO:\n550 5.1.1 <kim@example.org>: User unknown\n\nMessage headers follow.\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "Gmail, the old form", from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            subject: "Delivery Status Notification (Failure)",
            header: "X-Failed-Recipients: kim@example.org\n",
            "Delivery to the following recipient failed permanently:\n\n     kim@example.org\n\nTechnical details of permanent failure: \nThe error that the other server returned was:\n552 5.2.2 Mailbox full (state 14).\n\n----- Original message -----\n\n\(returned)",
            "bounce\nkim@example.org 5.2.2 full"),
        NoticeCase(
            "Zoho, all on one line", from: "mailer-daemon@mail.zoho.example",
            "This message was created automatically by mail delivery software.\nA message that you sent could not be delivered to one or more of its recipients. This is a permanent error. \n\nkim@example.org Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 User Unknown\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "a gateway for telephones", from: "MMSC NDR Administrator <sysadmin@mms.example>",
            subject: "Undeliverable Message",
            "Message could not be delivered to mobile.\nError: No valid recipients for this MM\n\nOriginal Message:\nFrom: Desk <desk@example.com>\nTo: 5550100@mms.example\nSubject: Offer\n",
            "bounce\n5550100@mms.example 5.1.1 unknown-user hard"),
        NoticeCase(
            "a sentence with the reason in front", subject: "Returned mail: Offer",
            "User's mailbox is full: <kim@example.org>\nUnable to deliver mail.\n",
            "bounce\nkim@example.org 5.2.2 full"),
        NoticeCase(
            "MailMarshal", from: "postmaster@example.org", subject: "Undeliverable Mail: \"Offer\"",
            "Your message:\n   From:    desk@example.com\n   Subject: Offer\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected: \n    kim@example.org\n\nAdditional Information:\n    Original Sender:    <desk@example.com>\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "GroupWise", from: "Mailer-Daemon@gw.example.org", subject: "Message status - undeliverable",
            "The message that you sent was undeliverable to the following:\n\tkim@example.org (user not found)\n\nPossibly truncated original message follows:\n\n\(returned)",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
        NoticeCase(
            "a codes list for list servers", from: "\"LSMTP for Windows NT\" <postmaster@example.org>",
            subject: "Undelivered mail",
            "An error was detected while processing the enclosed message.\n\n--> Error description:\nError-for:  kim@example.org\nError-Code: 0\nError-Text: Mailer mx.example.org said:\n            \"554 Message looping (received 6 times)\"\n\nError-End:  One error reported.\n\n------------------------------ Original message ------------------------------\n\n\(returned)",
            "bounce\nkim@example.org 5.4.6 loop"),
        NoticeCase(
            "the address only in the returned header", from: "mailer-daemon@example.org", subject: "Delivery failure",
            "Your message could not be delivered. The mailbox is disabled.\n\n----- Original message -----\nReceived: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <sent.1@example.com>\nFrom: desk@example.com\nTo: kim@example.org\nSubject: Offer\n",
            "bounce\nkim@example.org 5.2.1 disabled"),
        NoticeCase(
            "a JSON object by way of a notification service",
            mail:
                "Return-Path: <1@amazonses.example>\nFrom: Notify <no-reply@sns.example>\nTo: desk@example.com\nSubject: AWS Notification Message\n\n{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"kim@example.org\",\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]},\"mail\":{\"source\":\"desk@example.com\",\"destination\":[\"kim@example.org\"]}}\n",
            "bounce\nkim@example.org 5.1.1 unknown-user hard"),
    ]
}
