// Bounces whose words are not English; every word of the mails inside is invented.

enum LanguageNotices {
    private static let returned =
        "Received: from desk.example.com by mx.example.net; Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <sent.1@example.com>\nFrom: desk@example.com\nTo: kim@example.org\nSubject: Offer\n"

    static let all: [NoticeCase] = [
        NoticeCase(
            "German", from: "Systemadministrator <postmaster@example.de>", subject: "Unzustellbar: Angebot",
            "Ihre Nachricht konnte nicht zugestellt werden an:\n\n  kim@example.de\n    Benutzer unbekannt\n",
            "bounce\nkim@example.de 5.1.1 unknown-user hard"),
        NoticeCase(
            "French", from: "Administrateur système <postmaster@example.fr>", subject: "Non remis : Offre",
            "Votre message n'a pas pu être remis aux destinataires suivants :\n\n  kim@example.fr\n    La boîte aux lettres est pleine\n",
            "bounce\nkim@example.fr 5.2.2 full"),
        NoticeCase(
            "Spanish", subject: "No se puede entregar: Oferta",
            "No se pudo entregar el mensaje a:\n\nkim@example.es: Usuario desconocido\n",
            "bounce\nkim@example.es 5.1.1 unknown-user hard"),
        NoticeCase(
            "Portuguese", from: "postmaster@example.com.br", subject: "Não entregue: Oferta",
            "A sua mensagem não pôde ser entregue ao destinatário:\n\n<kim@example.com.br>: usuário desconhecido\n",
            "bounce\nkim@example.com.br 5.1.1 unknown-user hard"),
        NoticeCase(
            "Italian", from: "postmaster@example.it", subject: "Non recapitabile: Offerta",
            "Impossibile recapitare il messaggio a:\n\n  kim@example.it\n    casella piena\n",
            "bounce\nkim@example.it 5.2.2 full"),
        NoticeCase(
            "Dutch", from: "postmaster@example.nl", subject: "Onbestelbaar: Offerte",
            "Uw bericht kon niet worden bezorgd bij:\n\nkim@example.nl: gebruiker onbekend\n",
            "bounce\nkim@example.nl 5.1.1 unknown-user hard"),
        NoticeCase(
            "Russian, as Exim writes", from: "mailer-daemon@corp.example.ru", subject: "Mail failure.",
            header: "X-Failed-Recipients: kim@example.ru\n",
            "К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n  kim@example.ru\n    SMTP error from remote mail server after RCPT TO:<kim@example.ru>:\n    host mx.example.ru [192.0.2.7]: 550 5.2.2 Mailbox full\n\n**********************\n\n  kim@example.ru\n    550 5.2.2 Mailbox full\n\n------ This is a copy of the message, including all the headers. ------\n\n\(returned)",
            "bounce\nkim@example.ru 5.2.2 full"),
        NoticeCase(
            "Japanese", from: "Postmaster@example.ne.jp", subject: "Mail System Error - Returned Mail",
            "次のあて先へのメッセージはエラーのため送信できませんでした。\nThe user(s) account is disabled.\n\n<kim@example.ne.jp>\n",
            "bounce\nkim@example.ne.jp 5.2.1 disabled"),
        NoticeCase(
            "Japanese, from a robot with the mail inside",
            mail:
                "From: no-reply@example.ne.jp\nTo: desk@example.com\nSubject: メールエラー通知\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n送信先のメールボックスが一杯のため、送信できませんでした。\n\n     Could not be delivered to: <kim@example.ne.jp>\n     As their mailbox is full.\n\n--b\nContent-Type: message/rfc822\n\n\(returned)\n--b--\n",
            "bounce\nkim@example.ne.jp 5.2.2 full"),
        NoticeCase(
            "Chinese", from: "MAILER-DAEMON@example.cn", subject: "系统退信", "您的邮件无法投递到以下地址：\n\n<kim@example.cn>: 用户不存在\n",
            "bounce\nkim@example.cn 5.1.1 unknown-user hard"),
        NoticeCase(
            "Polish", from: "MAILER-DAEMON@example.pl", subject: "Zwrot wiadomości",
            "Twoja wiadomość nie została dostarczona.\n\n<kim@example.pl>: 550 Użytkownik nieznany\n",
            "bounce\nkim@example.pl 5.1.1 unknown-user hard"),
        NoticeCase(
            "a language that is not known, by its form", from: "MAILER-DAEMON@example.xx", subject: "Qwfp arstd",
            "Qwfp arst zxcd.\n\n<kim@example.xx>:\n550 5.1.1 zxcd qwfp\n",
            "bounce\nkim@example.xx 5.1.1 unknown-user hard"),
    ]
}
