// How servers call themselves and open, title and cut their reports, in the languages that they speak; data only.

enum NoticeWords {
    // MARK: - Header

    /// Local parts that servers write from, without dots, dashes and underscores.
    static let daemons: Set<String> = [
        "mailerdaemon", "postmaster", "mailmaster", "mdaemon", "maildaemon", "maildelivery", "maildeliverysystem",
        "mailadmin", "maileradmin",
        "mailsystem", "mailservice", "smtpd", "mailserver", "mmdf", "doublebounce", "bouncehandler", "bounce",
        "bounces", "uucp", "mta",
        "mailgateway", "mailgw", "mailrouter", "mxdaemon", "mailer", "deliverynotification", "poostmaster",
        "microsoftexchange",
        "exchangepostmaster", "systemattendant", "noreplybounce", "dsn", "ndr", "maildaemonprocess", "smtpdaemon",
        "deliverysubsystem",
        "mailersystem", "gwise", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e",
    ]
    /// Names that they write before their address: what these start with,
    static let daemonTitles = PhraseTable([
        "mail delivery sub", "mail delivery sys", "mail delivery serv", "mail delivery agent", "mail deliver system",
        "delivery sub", "mail system", "mail router", "mail transport",
        "content-filter", "content filter", "postmaster", "mailer-daemon", "mailer daemon", "system administrator",
        "systemadministrator", "mail administrator", "mailsystem", "postman",
        "internet mail delivery", "mail gateway", "e-mail interconnect", "jetmail", "interscan", "mailmarshal",
        "administrateur système", "administrador del sistema", "administrador do sistema",
        "amministratore di sistema", "systeembeheerder", "システム管理者", "系统管理员", "система доставки почты",
    ])
    /// and what stands anywhere in them.
    static let daemonNames = PhraseTable([
        "mailer-daemon", "mailer daemon", "mail delivery subsystem", "mail delivery system", "ndr administrator",
        "e-mail interconnect", "delivery subsystem",
    ])
    /// What stands in local parts that programs at a server's gates write from.
    static let gates = PhraseTable([
        "smtp_mail", "smtp-mail", "for_smtp", "mail_service", "mail-service", "antivirus", "anti-virus", "mail-gateway",
        "mail_gateway", "system administrator", "mailer-daemon",
    ])
    /// Local parts that no person writes from.
    static let robots = PhraseTable([
        "no-reply", "noreply", "no_reply", "no.reply", "donotreply", "do-not-reply", "-admin", "sysadmin", "-owner",
        "owner-", "-request",
        "-bounce", "bounce-", "bounces-", "autoreply", "auto-reply", "feedbackloop", "-daemon", "administrator",
        "mailer", "root", "abuse", "admin", "staff", "feedback",
        "complaint", "fbl", "postoffice", "mmsc", "system", "smtp", "mail_service", "mail-service", "antivirus",
    ])

    /// How reports are titled; each may be no more than a part of the subject.
    static let failureSubjects = PhraseTable([
        "undeliverable", "undelivered", "undeliverd", "returned mail", "mail returned", "returned to sender",
        "returning message to sender",
        "returning to sender", "delivery status notification", "delivery failure", "delivery failed",
        "delivery has failed", "delivery fail",
        "delivery error", "delivery problem", "delivery notification", "delivery report", "delivery status",
        "mail delivery", "message delivery",
        "failure notice", "failure delivery", "delivery warning", "processing error", "mail warning", "rejected mail",
        "failed mail", "mail failed", "mail failure", "message failed", "mail system error", "mail error",
        "non-delivery",
        "nondeliverable", "non delivery", "nondelivery", "could not be delivered", "couldn't be delivered",
        "cannot be delivered", "can't be delivered",
        "not be delivered", "not delivered", "not deliverable", "undelivrable", "unable to deliver", "user unknown",
        "unknown user", "message you sent blocked",
        "unsolicited bulk email, apparently from you", "error sending your", "your message could not", "loop alert",
        "message not sent", "status of your mail", "address not found", "message blocked", "message rejected",
        "mail rejected", "rejected mail",
        "smtp server: errors from", "problem delivering", "bounced", "bounce ", "delivery attempt", "mta-blocked",
        "ndn:", "ndr:", "message undeliverable", "mail undeliverable",
        "unzustellbar", "nicht zugestellt", "nicht zustellbar", "zustellung fehlgeschlagen", "fehlgeschlagen",
        "unzustellbare", "zustellfehler",
        "zurückgesandt", "non remis", "échec de la remise", "échec de remise", "echec de la remise",
        "message non distribu", "non distribué", "impossible de remettre",
        "non recapitabile", "mancato recapito", "mancata consegna", "impossibile recapitare", "no se puede entregar",
        "no entregado", "no entregable", "no se pudo entregar", "error de entrega", "fallo en la entrega",
        "devuelto", "não entregue", "não é possível entregar", "não foi entregue", "nao entregue", "falha na entrega",
        "falha de entrega", "devolvida",
        "onbestelbaar", "niet bezorgd", "niet afgeleverd", "kan niet worden bezorgd", "kan inte levereras",
        "olevererbar", "gick inte att leverera", "levererades inte",
        "kan ikke leveres", "uleverbar", "ikke levert", "ikke leveret", "ei voitu toimittaa", "toimittamaton",
        "niedostarczal", "nie dostarczono", "zwrot wiadomości", "nedoručiteln", "nelze doručit", "nedoručen",
        "nedoručiteľn",
        "kézbesíthetetlen", "teslim edilemedi", "nu s-a putut livra", "недоставлен", "не доставлен",
        "не удается доставить", "не удалось доставить", "ошибка доставки",
        "не може да бъде", "ανεπίδοτ", "配信不能", "配信できません", "配送でき", "配信エラー", "エラー通知", "メールエラー", "送信エラー", "送信できません",
        "届きません", "返送",
        "退信", "未传递", "无法传递", "未送达", "无法投递", "無法傳遞", "無法傳送", "未傳遞", "無法遞送", "发送失败", "投递失败", "배달되지 않", "배달할 수 없", "전송 실패",
        "반송", "mail could not",
    ])
    static let delaySubjects = PhraseTable([
        "delayed", "delay)", "delivery delay", "still being retried", "could not send message for past", "(delay",
        "verzögert", "retardé", "retard de",
        "retrasad", "retraso", "atrasad", "atraso", "in ritardo", "ritardat", "vertraagd", "försenad", "forsinket",
        "viivästy", "opóźnion", "opóźnien", "zpožděn", "задерж",
        "отложен", "遅延", "延迟", "延遲", "지연",
    ])
    /// A person's mail about another.
    static let answers = PhraseTable([
        "re:", "re :", "fwd:", "fw:", "aw:", "wg:", "sv:", "vs:", "tr:", "rv:", "enc:", "res:", "antw:", "doorst:",
        "i:", "r:", "odp:", "回复", "转发", "答复", "返信",
    ])
    static let complaintSubjects = PhraseTable([
        "complaint about message from", "email feedback report for ip", "abuse report", "spam report",
        "feedback report", "spam complaint",
    ])

    // MARK: - Text

    /// What opens a list of recipients who were not reached, or says as much of one.
    static let failures = PhraseTable([
        "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered",
        "can not be delivered", "not be delivered",
        "not delivered", "delivery of email to", "delivery of mail to", "has been postponed", "was not delivered",
        "were not delivered", "wasn't delivered", "isn't been delivered", "has not been delivered",
        "not been delivered", "not been yet delivered", "not yet been delivered", "wasn't able to deliver",
        "unable to deliver", "not able to deliver",
        "failed to deliver", "delivery failed", "delivery failure", "delivery has failed", "delivery to the following",
        "delevery to the following", "delivery to these", "did not reach",
        "didn't reach", "delivery errors", "delivery problems", "had problems", "fatal errors", "permanent errors",
        "transient errors", "address(es) failed", "addresses failed", "address failed",
        "failed addresses", "failed address", "failed recipient", "failure reasons", "failure reason",
        "error delivering", "error occurred while", "error has occurred while", "error sending",
        "trouble delivering", "undeliverable", "undelivered", "non-delivered", "unknown user", "user unknown",
        "invalid final delivery", "invalid user address", "invalid address",
        "rejected by a remote", "was rejected", "were rejected", "did not receive", "transcript of session",
        "transcript of the attempts", "could not be sent", "couldn't be sent", "cannot be sent", "not sent to",
        "the following recipient", "following list of recipients", "the following address", "the following user",
        "these recipients", "could not deliver", "couldn't deliver", "can't deliver", "cannot deliver",
        "failed to send", "failed permanently", "problem delivering",
        "delivering your mail to", "deliver your message", "delivery of your message", "has been delayed", "is delayed",
        "delivery is delayed", "returned message", "no valid recipients", "duplicated message-id", "as their mailbox",
        "has been blocked", "was blocked", "been returned", "is being returned", "could not be reached",
        "has been returned", "automatically rejected", "addressed to", "generated from", "intended recipient",
        "exactly match", "message was not", "reason for", "failed for", "bounced", "returned to you",
        "recipient address:", "message that you sent", "your message to", "message has been rejected",
        "no se pudo entregar", "no se ha podido entregar", "no pudo ser entregado", "no se ha entregado",
        "no ha podido", "error al entregar",
        "não pôde ser entregue", "não pode ser entregue", "não foi possível entregar", "não foi entregue",
        "nao foi possivel", "falha na entrega", "konnte nicht zugestellt", "nicht zugestellt werden", "konnten nicht",
        "konnte nicht", "fehler bei der zustellung", "nicht ausgeliefert", "nicht übermittelt",
        "n'a pas pu être", "n'ont pas pu", "n'a pu être", "n'a pas été", "échec de la remise", "impossible de remettre",
        "non è stato possibile", "impossibile recapitare", "non è stato recapitato", "mancato recapito",
        "recapito non riuscito",
        "kon niet", "kan niet worden", "niet worden bezorgd", "niet afgeleverd", "kunde inte", "kan inte levereras",
        "kunne ikke", "kan ikke leveres", "ei voitu", "nie można dostarczyć", "nie mogła zostać",
        "nie została dostarczona", "nie udało się",
        "nelze doručit", "nemohla být", "nebyla doručena", "nepodařilo", "nem sikerült", "nem kézbesíthető",
        "teslim edilemedi", "iletilemedi", "nu a putut fi",
        "не может быть", "не удалось доставить", "не был доставлен", "не было доставлено", "невозможно доставить",
        "не доставлено", "не вдалося", "δεν ήταν δυνατή",
        "送信できません", "配信できません", "配送できません", "送信に失敗", "届けることができ", "配信に失敗", "届きません", "お届けできま", "无法投递", "無法傳遞", "无法传递",
        "未能送达", "無法送達", "未送达", "退回", "无法发送", "無法寄送", "投递失败", "배달되지", "전송되지", "전달할 수 없",
    ])

    /// Delivery goes on.
    static let delays = PhraseTable([
        "will be retried", "will retry", "will continue to", "continue to try", "keep trying", "will try again",
        "still being tried", "still trying", "still being retried",
        "not yet been delivered", "has been delayed", "is delayed", "been delayed", "delivery attempts will continue",
        "warning message only", "warning only", "this is a warning", "do not need to resend",
        "don't need to resend", "no action is required on your part", "delivery will be attempted",
        "will keep trying", "could not send message for past", "temporarily delayed", "temporary delivery problem",
        "continue trying", "zustellung wird weiter", "verzögert", "weiterhin versucht",
        "retardée", "a été retardé", "se ha retrasado", "se seguirá intentando", "foi adiada", "está atrasada",
        "continuará tentando", "è stato ritardato", "è in ritardo", "is vertraagd", "przesyłka zostanie",
        "будут продолжены", "задержана", "задерживается", "попытки доставки будут", "遅延", "再送信を続け", "延迟", "延遲", "지연",
        "message will be retried", "delay reason", "has been postponed", "continue to be made",
    ])
    /// Delivery has ended, whatever else is said.
    static let ends = PhraseTable([
        "given up", "giving up", "gave up", "i've given up", "not going to try again", "permanent error",
        "permanent failure", "failed permanently", "has failed", "permanent fatal", "will not be retried",
        "no further", "not be attempted", "will not try again", "will not continue", "has expired",
        "not delivered within",
        "could not be delivered within",
    ])

    /// A line, bare of its rules and bullets, behind which the returned mail stands.
    static let returned = PhraseTable([
        "original message follows", "original message", "start of returned message", "returned mail", "end of report",
        "old message", "your message reads", "unsent message", "original mail follows", "original mail as follows",
        "original mail info", "original mail", "original message header", "unsent message follows",
        "unsent message below",
        "returned message", "returned mail follows", "message header follows", "message headers follow",
        "message text follows", "message header", "message headers", "message follows",
        "below this line is a copy of", "below is a copy of", "this is a copy of", "enclosed is a copy of",
        "included is a copy of", "attached is a copy of", "a copy of your message", "a copy of the message",
        "here is a copy of", "copy of the original message", "copy of your message", "copy of the message",
        "here is your original message", "your original message", "your message follows", "message contents follow",
        "the header of the original message", "the headers of the original message", "headers of the original message",
        "header of the message", "full message headers", "der header der", "kopf der ursprünglichen",
        "ursprüngliche nachricht", "original-nachricht", "originalnachricht", "nachrichtenkopf", "en-têtes du message",
        "message d'origine", "message original", "mensaje original", "encabezados de mensaje", "mensagem original",
        "cabeçalhos da mensagem", "messaggio originale", "oorspronkelijk bericht", "ursprungligt meddelande",
        "oryginalna wiadomość", "původní zpráva", "исходное сообщение", "оригинал письма", "копия письма", "元のメール",
        "元のメッセージ", "原始邮件", "原始郵件", "원본 메시지", "the original message is", "start of original message",
        "begin original message", "message text", "undelivered message follows", "undelivered message",
        "body of message", "non-delivered message",
        "rejected message follows", "bounced message follows", "failed message follows", "transcript of the message",
        "original headers", "message-text",
    ])
    /// Lines that begin as those above and still tell about the delivery.
    static let notReturned = PhraseTable([
        "was received", "could not", "cannot", "was not", "has been", "had ", "identifier", "reference was", "over ",
        "subject", "attached", "recipients", "will be", "was sent", "envelope", "arrived", "was addressed", "was to",
    ])

    /// Said before the address of somebody who can be asked.
    static let contacts = PhraseTable([
        "contact", "assistance", "questions", "for help", "support", "please send", "please write", "please forward",
        "administrator", "kontakt", "wenden sie", "fragen", "contacte",
        "contatto", "contacto", "contato", "pour toute", "ayuda", "ajuda", "обратитесь", "お問い合わせ", "联系", "聯絡", "문의",
    ])

    /// Fields of a recipient that stand before an address, in a text.
    static let labels = PhraseTable([
        "recipient:", "recipient(s):", "failed address(es):", "address(es):", "para:", "à:", "error-for:",
        "intended recipient:", "recipient address:", "recipients:", "addressed to:",
        "final recipient:", "original recipient:", "failed recipient:", "failed recipients:", "failed address:",
        "failed addresses:", "addressee:", "empfänger:", "an:", "destinataire:", "destinataires:", "destinatario:",
        "destinatarios:", "destinatário:",
        "destinatari:", "ontvanger:", "mottagare:", "odbiorca:", "příjemce:", "получатель:", "адресат:", "受信者:", "宛先:",
        "送信先:", "收件人:", "rcpt to:", "e-mail:", "email:", "email address:", "e-mail address:", "address:", "user:",
        "intended recipient:", "could not be delivered to:", "not delivered to:", "delivered to:", "smtp:", "rfc822;",
        "rfc822:", "recipients who did not receive", "invalid recipient:", "unknown user:",
    ])
}
