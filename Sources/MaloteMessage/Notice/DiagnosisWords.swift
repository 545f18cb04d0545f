// What servers say when they refuse or give up, in the languages that they speak; data only.

import MaloteCore

enum DiagnosisWords {
    typealias Row = (value: NoticedRecipient.Cause, phrases: [String])

    /// Phrases that mean one thing, the most telling cause first.
    static let specific = PhraseTable<NoticedRecipient.Cause>([
        (.virus, ["virus", "malware", "infected", "trojan", "worm ", "malicious", "dangerous attachment"]),
        (
            .authentication,
            [
                "dmarc", "dkim", "spf fail", "spf check", "spf record", "spf:", "spf)", "sender policy framework",
                "unauthenticated",
                "not authenticated", "authentication checks failed", "authentication required",
                "authentication failure",
                "smtp authentication", "smtp auth", "authentication is required", "must authenticate",
                "requires authentication", "authentication information",
                "please authenticate", "openspf",
            ]
        ),
        (
            .blocked,
            [
                "spamhaus", "spamcop", "barracudacentral", "sorbs", "dnsbl", "blacklist", "black list", "blocklist",
                "block list", "banned sending ip", "ptr record", "reverse dns", "rdns", "no ptr",
                "client host rejected",
            ]
        ),
        (
            .spam,
            [
                "spam", "unsolicited", "bulk email", "bulk mail", "junk mail", "message looks like", "ube,", "phishing",
                "message rejected as", "considered unsolicited", "similar to spam", "ofr_506", "ofr506",
            ]
        ),
        (
            .rateLimited,
            [
                "rate limit", "ratelimit", "too many messages", "too many connections", "too many concurrent",
                "too many recipients",
                "too many mails", "too many emails", "too many errors", "too fast", "too quickly", "unusual rate",
                "exceeded the rate",
                "throttl", "slow down", "try again more slowly", "connection limit", "limit exceeded on sending",
                "sending limit",
                "too much mail", "daily limit", "hourly limit", "maximum number of messages", "connections from your",
                "max connections",
                "exceeded the maximum number", "exceeded your", "messages per", "mail at a rate", "frequency limited",
                "rate that",
            ]
        ),
        (
            .blocked,
            [
                "blacklist", "black list", "blocklist", "block list", "blocked by", "is blocked", "blocked using",
                "been blocked",
                "blocked for abuse", "spamhaus", "spamcop", "barracudacentral", "sorbs", "dnsbl", "rbl", " rbl",
                "reputation",
                "banned sending ip", "reverse dns", "ptr record", "rdns", "no ptr", "open relay", "dynamic ip",
                "dial-up",
                "is listed", "currently listed", "listed by", "mismatches client ip", "access denied...",
                "bad sender ip", "unverifyable sending",
                "unverifiable sending", "not accepting mail from your", "client host rejected",
                "cannot find your hostname",
                "cannot find your reverse", "helo command rejected", "invalid helo", "graylist", "greylist",
                "refused to talk to me", "user complaints", "please use the smtp server of your isp",
            ]
        ),
        (
            .refused,
            [
                "domain of sender", "sender address rejected", "sender address domain", "sender domain",
                "sender's domain", "from: domain", "sender rejected",
                "sender was rejected", "sender verify", "sender denied", "sender not", "relay",
                "not authorized to send", "permission to", "permissions to", "berechtigt",
                "autorisé à", "permiso", "autorizado a", "permissão", "autorizzat", "权限", "權限", "権限", "권한",
                "разрешения", "uprawnie", "oprávn", "message filtered",
                "your message to the group", "مصرح", "अनुमति",
            ]
        ),
        (
            .loop,
            [
                "too many hops", "hop count", "mail loop", "routing loop", "loops back to", "loop detected",
                "maximum hop",
                "forwarding loop", "message is looping", "message looping", "infinite loop", "loop alert",
                "too many received",
                "already received",
                "mailing loop", "duplicated message-id",
            ]
        ),
        (
            .tooLarge,
            [
                "too large", "too big", "size limit", "message size exceeds", "exceeds the maximum", "exceeds maximum",
                "exceeds the limit", "exceeds size", "maximum message size", "max message size",
                "message length exceeds",
                "larger than", "message exceeds", "size exceed", "zu groß", "trop volumineux", "demasiado grande",
                "muito grande",
                "troppo grande", "te groot", "exceeded message size", "message file too big",
            ]
        ),
        (
            .full,
            [
                "mailbox full", "mailbox is full", "mailfolder is full", "folder is full", "inbox is full",
                "box is full", "over quota",
                "overquota", "quota exceed", "exceeded quota", "exceed the quota", "exceeds quota",
                "exceeded the quota", "out of quota",
                "quota is", "quota limit", "exceeded their quota", "exceeded his", "disk quota", "quota violation",
                "quota full",
                "quota would be", "user quota", "storage quota", "exceeded storage", "insufficient system storage",
                "insufficient storage", "not enough storage", "no space left", "not enough disk", "disk full",
                "out of storage",
                "storage space", "user's mailbox exceeded", "mailbox exceeded", "exceeded the local limit",
                "mailbox size limit",
                "mailbox quota", "mail box full", "mailbox for user is full", "is full", "maildir over",
                "maildir delivery failed",
                "account is over", "user is over", "has exceeded", "no room in", "box full", "postfach voll",
                "postfach ist voll",
                "speicherplatz", "boîte pleine", "boite pleine", "boîte aux lettres est pleine", "buzón lleno",
                "buzón está lleno",
                "buzon lleno", "caixa postal cheia", "caixa de correio cheia", "caixa postal está cheia",
                "casella piena",
                "casella è piena", "casella postale piena", "postvak is vol", "mailbox vol", "skrzynka pełna",
                "переполнен",
                "ящик переполнен", "schránka je plná", "容量", "已满", "已滿", "一杯", "mailbox is over",
            ]
        ),
        (
            .moved,
            [
                "has moved", "moved to", "address has changed", "address changed", "has been replaced by",
                "please use the new address",
                "new address", "user has moved", "please forward to", "recipient has left", "no longer works here",
                "5.1.6 ",
            ]
        ),
        (
            .disabled,
            [
                "account disabled", "account is disabled", "account has been disabled", "been disabled", "is disabled",
                "disabled user",
                "mailbox disabled", "user disabled", "disabled recipient", "recipient disabled", "account inactive",
                "is inactive",
                "inactive user", "inactive account", "inactive mailbox", "mailbox is inactive",
                "account that is inactive", "suspended",
                "deactivated", "account expired", "account has expired", "account is locked", "account locked",
                "temporary locked", "temporarily locked", "account is bloque", "compte du destinataire est bloque",
                "recipient account is blocked", "mailbox locked",
                "temporarily disabled", "mailbox is frozen", "mailbox unavailable or access denied",
                "email account that you tried to reach is disabled",
                "account closed", "account has been closed", "mailbox is closed", "gesperrt", "deaktiviert",
                "désactivé", "suspendu",
                "desactivad", "deshabilitad", "desativad", "disattivat", "заблокирован", "отключ", "停用",
                "account dormant",
                "not active", "out of service", "unpaid", "blocked due to inactivity", "account blocked",
                "account is blocked",
            ]
        ),
        (
            .unknownHost,
            [
                "host unknown", "host is unknown", "domain is unknown", "domain unknown",
                "host or domain name not found", "unknown host", "host not found", "no such host",
                "domain does not exist",
                "domain not found",
                "no such domain", "unknown domain", "invalid domain name", "domain name not found",
                "unrouteable address",
                "unroutable address", "unrouteable mail domain", "unroutable mail domain", "any host named",
                "name or service not known",
                "name service error", "nxdomain", "non-existent domain", "nonexistent domain", "non existent domain",
                "bad destination system", "bad destination mailbox address system",
                "illegal host", "no mail hosts", "no mx record", "no mx or", "couldn't find a mail exchanger",
                "no mail exchanger",
                "mail exchanger or ip", "null mx", "does not accept mail", "indicated no smtp service",
                "domain no exist",
                "no route to domain", "domain must exist", "host name lookup failure", "hostname lookup",
                "host name is unknown", "lookup failure",
                "unknown mail server", "dns server returned answer with no data", "domain invalid", "invalid domain",
                "domain doesn't exist",
                "no dns entry", "domain is not", "no domain name", "host lookup did not complete",
                "all relevant mx records point to non-existent",
                "all host address lookups failed", "resolver.hdr", "dns error", "domänenname", "domaine inconnu",
                "dominio desconocido", "домен не", "does not have a valid mx", "because the domain", "no valid mx",
                "invalid mx",
            ]
        ),
        (
            .unknownUser,
            [
                "user unknown", "unknown user", "unknown recipient", "recipient unknown", "unknown address",
                "address unknown",
                "unknown account", "unknown mailbox", "unknown local", "unknown email", "unknown or illegal",
                "unknown in ", "invalid final delivery",
                "addressee unknown", "unknown addressee", "account unknown", "mailbox unknown", "unknown to",
                "unknown:",
                "no such user", "no such recipient", "no such account", "no such address", "no such mailbox",
                "no such person",
                "no such local", "no such email", "no such name", "no user", "no mailbox", "no account", "no recipient",
                "no local mailbox",
                "no valid recipients", "user not found", "user not exist", "recipient not found", "recipientnotfound",
                "account not found",
                "address not found", "mailbox not found", "address wasn't found", "couldn't be found",
                "couldn't be found", "cannot be found",
                "could not be found", "can not be found", "not found in", "user doesn't exist", "user does not exist",
                "account does not exist", "account that you tried to reach does not exist",
                "account doesn't exist", "mailbox does not exist", "mailbox doesn't exist", "address does not exist",
                "address doesn't exist",
                "recipient does not exist", "recipient doesn't exist", "does not exist at", "does not exist here",
                "doesn't have a", "does not have a", "is not a valid mailbox",
                "invalid recipient", "invalid user", "invalid mailbox", "invalid address", "invalid account",
                "not a valid user",
                "not a valid recipient", "not a valid mailbox", "not a known user", "not a local user",
                "not our customer", "not known",
                "not registered", "registered gateway user", "not a registered", "recipient name is not recognized",
                "not recognized",
                "name is not", "not listed in", "isn't listed", "bad destination mailbox", "bad mailbox", "bad address",
                "bad recipient",
                "here by that name", "nobody by that name", "by that name", "unable to find user", "user is unknown",
                "is unknown", "is not known",
                "is invalid", "recipient invalid", "recipient rejected: user", "does not like recipient",
                "unknown_user", "unknown-user",
                "recipient refused", "isn't a valid", "not valid user", "mail box not found", "mailbox unavailable",
                "non-existent user", "nonexistent user", "no longer valid", "no longer exist", "no longer on server",
                "no longer available", "no longer active",
                "no longer with", "not in our", "not exist", "has no mailbox", "undefined mail recipient",
                "unknown virtual",
                "unrecognized user", "refused due to recipient preferences", "rcp-p", "unbekannt", "existiert nicht",
                "empfänger nicht gefunden",
                "nicht gefunden", "nicht vorhanden", "inconnu", "n'existe pas", "introuvable", "usuario desconocido",
                "no existe",
                "destinatario no encontrado", "usuário desconhecido", "não existe", "não encontrado", "desconhecid",
                "desconocid",
                "sconosciuto", "non esiste", "inesistente", "onbekend", "bestaat niet", "niet gevonden", "okänd",
                "finns inte", "ukendt",
                "ukjent", "findes ikke", "tuntematon", "nieznany", "nie istnieje", "neexistuje", "neznámý",
                "ismeretlen", "nem létezik",
                "bilinmeyen", "не существует", "не найден", "неизвест", "нет такого", "存在しません", "存在しない", "見つから", "不存在",
                "找不到", "无此用户",
                "존재하지", "찾을 수 없", "mailbox not available", "illegal user", "illegal alias", "unknown alias",
                "unable to validate recipient",
                "user_unknown", "verify failed", "account is not", "can't find",
            ]
        ),
        (
            .network,
            [
                "connection refused", "connection reset", "network is unreachable", "network unreachable",
                "host unreachable",
                "no route to host", "could not connect", "unable to connect", "cannot connect", "can't connect",
                "not accept our requests to connect", "establish an smtp connection", "lost connection",
                "connection dropped",
                "connection closed", "broken pipe", "socket error", "host is down", "host not reachable",
                "server is down",
                "remote protocol error", "could not be reached", "connection failed", "connect to ",
                "failed to connect",
                "remote host is not responding", "unreachable", "connection lost", "bad connection", "starttls",
                "tls ", "certificate",
            ]
        ),
        (
            .expired,
            [
                "timed out", "timeout", "time out", "in the queue too long", "queue too long", "message expired",
                "envelope expired",
                "delivery time expired", "expired", "giving up", "gave up", "too old", "multiple retries",
                "could not be delivered for",
                "could not be delivered within", "not delivered within", "retry time", "been in the queue",
                "maximum retry", "still unable", "has been delayed", "conversation with",
            ]
        ),
        (
            .policy,
            [
                "policy", "not permitted", "prohibited", "violation", "content rejected", "message content",
                "header error",
                "messages without", "multiple addresses in from", "not rfc", "rfc 5322", "rfc 5321", "rfc 2822",
                "rfc2822", "non-compliant", "not compliant", "bare lf", "bare newline",
            ]
        ),
        (
            .refused,
            [
                "not authorized", "not authorised", "not allowed", "permission denied", "access denied", "restricted",
                "from address",
                "do not accept", "refuse", "denied", "you are not", "only accepts", "rejected by", "whitelist",
            ]
        ),
        (
            .content,
            [
                "content error", "attachment", "media error", "conversion", "unsupported", "8bit", "smtputf8",
                "malformed", "media not supported",
            ]
        ),
        (
            .system,
            [
                "system error", "internal error", "local error", "server error", "configuration error", "misconfigur",
                "mailer error", "i/o error",
                "queue file write", "resources temporarily", "insufficient resources", "ldap", "temporary failure",
                "temporarily unavailable",
                "temporary lookup", "service unavailable", "local delivery failed", "child status", "pipe to",
                "command output",
                "command failed", "can't create", "cannot open", "unable to open", "syntax error", "transaction failed",
                "bad sequence", "improper sequence",
                "command not",
            ]
        ),
    ])

    /// Phrases that may mean many things: a status code says more.
    static let general = PhraseTable<NoticedRecipient.Cause>([
        (.refused, ["rejected", "reject", "not accepted", "blocked", "unacceptable"]),
        (.system, ["temporar", "error", "unavailable", "problem"]),
    ])

    /// Gateways that call every refusal `5.1.0 - Unknown address error 550-'...'`: what they quote counts.
    static func heart(of text: [UInt8]) -> [UInt8] {
        let noise = Array("unknown address error".utf8)
        guard let end = text.prefix(80).indices.first(where: { text[$0...].starts(with: noise) }) else { return text }
        return Array(text[(end + noise.count)...])
    }

    /// Said by servers that would try again.
    static let temporary = PhraseTable([
        "retry timeout exceeded", "retry time not reached", "deferred", "temporary", "temporarily", "try again later",
    ])

    /// The answer came to the content, not to the recipient.
    static let afterData = PhraseTable([
        "end of data", "data command", "to data", "text command", "after i sent the message", "final data",
        "data phase",
        "smtp command data", ">>> data", "after data", "dot command", "message body",
    ])

    /// The answer came to the sender, before any recipient was named.
    static let beforeRecipient = PhraseTable([
        "after mail from", "to mail from", "mail from command", "our mail from", "to helo", "to ehlo", "after helo",
        "after ehlo", "after initial connection", "[mail_from]", "while talking to me",
    ])
}
