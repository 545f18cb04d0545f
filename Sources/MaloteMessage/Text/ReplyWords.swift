// The words that mail programs put around what they quote, in the languages that they speak; knows no order of lines.

enum ReplyWords {
    static func lowercased(_ line: Bytes) -> String { String(decoding: line.prefix(400), as: UTF8.self).lowercased() }

    // MARK: - Introductions

    /// Verbs of `On DAY, NAME wrote:`.
    private static let verbs: Set<String> = [
        "wrote", "writes", "escreveu", "escribió", "escribio", "écrit", "ecrit", "schrieb", "scritto", "schreef",
        "geschreven", "napisał", "napisała", "napisał(a)", "pisze", "писал", "писала", "писал(а)", "написал",
        "написала", "написал(а)", "пишет", "пише", "написав", "написала(в)", "написав(ла)", "skrev", "skreiv",
        "kirjoitti", "yazdı", "yazdi", "napsal", "napsala", "napsal(a)", "napísal", "napísala", "napísal(a)", "írta",
        "scris", "έγραψε", "написа", "viết", "menulis", "escriure", "escrit", "rašė", "rakstīja",
        "napisao", "napisala", "napisao/la", "pisao", "כתב", "כתבה", "كتب", "kirjutas",
    ]
    /// The same in languages that put no blanks between words.
    private static let unspacedVerbs = [
        "写道", "寫道", "書きました", "書いた", "のメール", "のメッセージ", "작성", "쓴 글", "썼습니다", "さん", "เขียนว่า",
    ].map { Array($0.utf8) }
    /// How such a line starts.
    private static let starters: Set<String> = [
        "on", "em", "no", "na", "el", "le", "am", "op", "il", "in", "w", "dnia", "den", "dne", "dňa", "på", "pe", "в",
        "il", "a", "la", "vào", "pada", "dana", "от", "στις", "on,", "於", "于", "ב-", "в:", "v", "tarihinde",
    ]

    static func endsInColon(_ line: Bytes) -> Bool {
        line.last == UInt8(ascii: ":") || line.last == 0x9A && line.suffix(3).elementsEqual("：".utf8)
    }

    static func startsIntroduction(_ line: Bytes) -> Bool {
        let word = String(decoding: line.prefix { $0 != 0x20 && $0 != UInt8(ascii: ",") }.prefix(20), as: UTF8.self)
        let isDate = line.first?.isDigit == true && line.contains(UInt8(ascii: "<"))
        return line.contains(where: \.isDigit) && (isDate || starters.contains(word.lowercased()))
    }

    /// The verb beside a date, an address or nothing but a name: people, too, write that somebody wrote something.
    static func isIntroduction(_ text: Bytes) -> Bool {
        isDateAndAddress(text) || isDateBeforeAddress(text)
            || hasVerb(text) && (hasClockOrYear(text) || hasShortDate(text) || text.contains(0x40) || isNames(text))
    }

    /// `2026/11/24 NAME <address>`, as Gmail once wrote, without a colon.
    static func isDateBeforeAddress(_ text: Bytes) -> Bool {
        text.first?.isDigit == true && text.last == UInt8(ascii: ">") && text.contains(0x40) && hasYear(text.prefix(10))
    }

    /// The rest of a date, or the verb and a word beside it, as a wrapped introduction ends.
    static func isIntroductionEnd(_ text: Bytes) -> Bool {
        text.first?.isDigit == true || text.split(separator: 0x20).count <= 2 && hasVerb(text)
    }

    /// A day of a year and a time, not the end of a sentence.
    static func isMoment(_ text: Bytes) -> Bool {
        hasClock(text) && hasYear(text)
            && ![UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(text.last)
    }

    static func hasClockOrYear(_ text: Bytes) -> Bool { hasClock(text) || hasYear(text) }

    /// Whether `On 24 Nov` begins in the middle of a line, behind words that are no part of it.
    static func startsWithinLine(_ line: Bytes) -> Bool {
        let words = line.split(separator: 0x20)
        return zip(words, words.dropFirst()).dropFirst().contains { pair in
            var word = pair.0
            while word.first == 0x2D { word = word.dropFirst() }
            if let end = word.lastIndex(of: 0x2D) { word = word[(end + 1)...] }
            return word.first.map { (0x41...0x5A).contains($0) } == true && starters.contains(lowercased(word))
                && (pair.1.first?.isDigit == true || pair.1.last == UInt8(ascii: ","))
        }
    }

    /// Digits around a point, hyphen or slash.
    private static func hasShortDate(_ text: Bytes) -> Bool {
        text.indices.dropFirst().dropLast().contains {
            [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/")].contains(text[$0]) && text[$0 - 1].isDigit
                && text[$0 + 1].isDigit
        }
    }

    /// Whether every word is the verb, small beside one, or begins as names do.
    private static func isNames(_ text: Bytes) -> Bool {
        text.split { $0 <= 0x20 || $0 == UInt8(ascii: ":") }.allSatisfy { word in
            guard let first = word.first, (0x61...0x7A).contains(first) else { return true }
            let word = lowercased(word)
            return verbs.contains(word) || particles.contains(word)
        }
    }

    /// Small words of names and verbs.
    private static let particles: Set<String> = [
        "a", "ha", "de", "da", "do", "dos", "das", "del", "di", "van", "von", "der", "den", "la", "le", "het", "heeft",
        "volgende", "e", "y", "und", "et", "has",
    ]

    /// Whether what follows is quoted even if nothing marks it.
    static func isCertainIntroduction(_ text: Bytes) -> Bool {
        isDateAndAddress(text) || hasVerb(text) && hasClock(text)
            || hasVerb(text) && hasYear(text) && text.contains(0x40)
    }

    private static func hasVerb(_ text: Bytes) -> Bool {
        let words = text.split { $0 <= 0x20 || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") }
        // In most languages it stands last.
        if words.reversed().contains(where: { $0.count < 24 && verbs.contains(lowercased($0)) }) { return true }
        guard text.suffix(20).contains(where: { $0 > 0x7F }) else { return false }
        return text.contains(where: \.isDigit) && unspacedVerbs.contains(where: Array(text.suffix(40)).containsRun)
    }

    /// `2026-11-24 16:32 NAME <address>:`
    private static func isDateAndAddress(_ text: Bytes) -> Bool {
        guard text.contains(0x40), hasClock(text), hasYear(text) else { return false }
        let end = Array(text.suffix(8)).filter { !$0.isBlank }
        return end.suffix(2).elementsEqual(">:".utf8) || end.suffix(4).elementsEqual(">：".utf8)
    }

    /// Digits, a colon, two digits.
    private static func hasClock(_ text: Bytes) -> Bool {
        text.indices.dropFirst().dropLast(2).contains {
            [UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "h")].contains(text[$0]) && text[$0 - 1].isDigit
                && text[$0 + 1].isDigit && text[$0 + 2].isDigit
        }
    }

    /// 19xx or 20xx.
    private static func hasYear(_ text: Bytes) -> Bool {
        text.indices.dropLast(3).contains {
            let century = text[$0..<($0 + 2)]
            return (century.elementsEqual("20".utf8) || century.elementsEqual("19".utf8)) && text[$0 + 2].isDigit
                && text[$0 + 3].isDigit
        }
    }

    // MARK: - Headers

    enum Label { case from, date, to, subject }

    private static let labels: [String: Label] = {
        let words: [(Label, String)] = [
            (
                .from,
                "from|de|von|da|van|od|от|від|från|fra|lähettäjä|kimden|gönderen|差出人|送信者|发件人|發件人|寄件者|寄件人|보낸 사람|보낸사람|feladó|de la|expéditeur|mittente|remetente|afzender|avsändare|afsender|avsender|nadawca|odesílatel|odosielateľ|отправитель|από|sender|מאת|من|จาก|từ|dari"
            ),
            (
                .date,
                "sent|date|enviado|enviada|enviado em|enviada em|data|enviado el|enviado a las|fecha|envoyé|envoyé le|date d'envoi|gesendet|datum|inviato|inviata|data invio|verzonden|verzonden op|wysłano|data wysłania|отправлено|дата|дата отправки|надіслано|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|pvm|gönderildi|gönderilme|gönderme tarihi|gönderilen|tarih|送信日時|送信日|日時|日付|发送时间|发送日期|傳送時間|寄件日期|日期|時間|时间|보낸 날짜|보낸날짜|날짜|odesláno|odoslané|dátum|elküldve|küldve|trimis|dată|στάλθηκε|ημερομηνία|נשלח"
            ),
            (
                .to,
                "to|para|à|a|pour|destinataire|destinatário|destinatario|an|aan|do|komu|кому|til|till|vastaanottaja|kime|alıcı|宛先|收件人|收件者|받는 사람|받는사람|címzett|către|προς|אל|إلى|ถึง|đến|kepada"
            ),
            (
                .subject,
                "subject|assunto|asunto|objet|betreff|oggetto|onderwerp|temat|тема|ämne|emne|aihe|konu|件名|主题|主題|主旨|제목|předmět|predmet|tárgy|subiect|θέμα|נושא|الموضوع|เรื่อง|chủ đề|subjek"
            ),
        ]
        var labels: [String: Label] = [:]
        for (label, names) in words { for name in names.split(separator: "|") { labels[String(name)] = label } }
        return labels
    }()

    /// What a line such as `From: …` or `*De :* …` is about.
    static func label(_ line: Bytes) -> Label? {
        let start = line.prefix(48).drop { $0 == UInt8(ascii: "*") || $0 == 0x20 }
        guard start.contains(UInt8(ascii: ":")) || start.contains(0xEF) else { return nil }
        var name = start.prefix { $0 != UInt8(ascii: ":") }
        if name.count == start.count {
            // A colon of full width.
            guard let colon = start.firstIndex(of: 0xEF), start[colon...].starts(with: "：".utf8) else { return nil }
            name = start[..<colon]
        }
        guard !name.isEmpty, name.count <= 30 else { return nil }
        let text = String(decoding: name, as: UTF8.self).lowercased().filter { $0 != "*" && $0 != "\u{A0}" }
        return labels[text.trimmingBlanks]
    }

    // MARK: - Rules

    private static let originals: Set<String> = [
        "original message", "original email", "original", "mensagem original", "mensaje original", "message d'origine",
        "message original", "message initial", "ursprüngliche nachricht", "originalnachricht",
        "original-nachricht", "originale nachricht", "messaggio originale", "messaggio original",
        "oorspronkelijk bericht", "origineel bericht", "wiadomość oryginalna", "oryginalna wiadomość",
        "wiadomość pierwotna", "исходное сообщение", "оригинальное сообщение", "ursprungligt meddelande",
        "originalmeddelande", "oprindelig meddelelse", "oprindelig besked", "opprinnelig melding",
        "opprinnelig beskjed", "alkuperäinen viesti", "orijinal mesaj", "özgün ileti", "orijinal ileti",
        "元のメッセージ", "original message (元のメッセージ)", "原始邮件", "原始郵件", "原始信件", "원본 메시지", "원본 이메일",
        "původní zpráva", "původní e-mail", "pôvodná správa", "eredeti üzenet", "mesaj original", "mesajul original",
        "вихідне повідомлення", "αρχικό μήνυμα", "antwort nachricht", "reply message", "missatge original",
        "algne sõnum",
    ]
    private static let forwards = [
        "forwarded message", "forwarded by", "mensagem encaminhada", "mensagem reencaminhada", "mensaje reenviado",
        "message transféré", "message transmis", "weitergeleitete nachricht", "weitergeleitete e-mail",
        "messaggio inoltrato", "messaggio inoltrata", "doorgestuurd bericht", "przekazana wiadomość",
        "wiadomość przekazana", "пересылаемое сообщение", "пересланное сообщение", "переслане повідомлення",
        "vidarebefordrat meddelande", "vidarebefordrat mail", "videresendt meddelelse", "videresendt melding",
        "videresendt besked", "välitetty viesti", "iletilmiş mesaj", "iletilen mesaj", "yönlendirilen ileti",
        "転送メッセージ", "転送されたメッセージ", "转发的邮件", "转发邮件", "轉寄郵件", "轉寄的郵件", "전달된 메시지",
        "přeposlaná zpráva", "preposlaná správa", "továbbított üzenet", "mesaj redirecționat",
    ]
    /// Apple Mail's, which stand on a line of their own without dashes.
    private static let forwardStarts = [
        "begin forwarded message", "início da mensagem reencaminhada", "início da mensagem encaminhada",
        "inicio del mensaje reenviado", "début du message réexpédié", "début du message transféré",
        "anfang der weitergeleiteten nachricht", "inizio messaggio inoltrato", "begin doorgestuurd bericht",
        "początek przekazywanej wiadomości", "начало переадресованного сообщения", "vidarebefordrat brev",
        "start på videresendt besked", "videresendt melding", "välitetty viesti alkaa", "ilettiğiniz ileti",
        "転送されたメッセージ", "开始转发的邮件", "開始轉寄郵件", "začátek přeposílané zprávy",
    ]
    /// What programs put before the subject of a forwarded mail.
    private static let forwardPrefixes: Set<String> = [
        "fw", "fwd", "enc", "res-enc", "rv", "reenv", "tr", "wg", "i", "inoltro", "doorst", "fs", "vb", "vs", "vl",
        "pd", "ilt", "i̇lt", "转发", "轉寄", "転送", "전달", "přep", "továbbítás", "πρθ", "fwd.", "пересл", "fw]", "[fwd",
    ]

    /// The words between two runs of dashes; `nil` if the line is none such.
    private static func ruled(_ line: Bytes) -> String? {
        // A dash beyond ASCII starts with E2.
        guard let first = line.first, [0x2D, 0x5F, 0x3D, 0x2A, 0xE2].contains(first), line.count < 200 else {
            return nil
        }
        let marks: Set<Character> = ["-", "_", "=", "*", "–", "—", " "]
        let text = lowercased(line)
        let inner = text.drop { marks.contains($0) }
        guard let last = inner.lastIndex(where: { !marks.contains($0) }), inner.startIndex > text.startIndex else {
            return nil
        }
        return String(inner[...last])
    }

    /// `-----Original Message-----`, or an introduction between dashes (`---- On DAY NAME wrote ----`).
    static func isOriginalRule(_ line: Bytes) -> Bool {
        guard let inner = ruled(line) else { return false }
        if originals.contains(inner) { return true }
        guard line.prefix(2).elementsEqual("--".utf8), line.suffix(2).elementsEqual("--".utf8) else { return false }
        let words = line.drop { $0 == 0x2D }
        return words.lastIndex { $0 != 0x2D }.map { isIntroduction(words[...$0].trimmed) } ?? false
    }

    static func isForwardRule(_ line: Bytes) -> Bool {
        if let inner = ruled(line) { return forwards.contains { inner.hasPrefix($0) } }
        guard line.count < 80, endsInColon(line), !line.contains(where: \.isDigit) else { return false }
        let text = lowercased(line)
        return forwardStarts.contains { text.hasPrefix($0) }
    }

    static func isForward(subject: String) -> Bool {
        guard let colon = subject.prefix(20).firstIndex(where: { $0 == ":" || $0 == "：" }) else { return false }
        return forwardPrefixes.contains(subject[..<colon].lowercased().trimmingBlanks)
    }

    // MARK: - Signatures

    private static let devices = [
        "iphon", "ipad", "ipod", "android", "outlook", "samsung", "galaxy", "blackberry", "windows", "huawei",
        "xiaomi", "redmi", "motorola", "yahoo", "gmail", "proton", "apple watch", "smartphone", "celular", "tablet",
        "mobile", "mobil", "handy", "ios", "telefon", "téléphone", "telefoon", "mail.ru", "яндекс", "thunderbird",
        "nokia", "htc", "oneplus", "pixel", "aqua mail", "bluemail", "mobiltelefon", "puhelime", "スマートフォン", "手机", "手機",
    ].map { Array($0.utf8) }
    private static let deviceStarts: Set<String> = [
        "sent", "get", "enviado", "enviada", "enviar", "obter", "obtenha", "baixe", "obtener", "descargar", "consigue",
        "envoyé", "envoyée", "télécharger", "téléchargez", "obtenez", "provenance", "gesendet", "von", "diese", "holen",
        "inviato", "inviata", "ottieni", "scarica", "verzonden", "verstuurd", "download", "outlook", "wysłane",
        "wysłano", "wysłana", "pobierz", "отправлено", "скачать", "скачайте", "надіслано", "skickat", "skickades",
        "hämta", "sendt", "hent", "få", "lähetetty", "hanki", "odesláno", "odoslané", "získejte", "stáhnout", "trimis",
        "küldve", "elküldve", "στάλθηκε", "enviat", "mit", "mobil", "från", "fra",
    ]
    private static let deviceWords = [
        "から送信", "发自我的", "發自我的", "傳送自", "发送自", "寄自", "에서 보냄", "gönderildi", "gönderilmiştir", "küldve", "edinin",
    ].map { Array($0.utf8) }

    static func isDevice(_ line: Bytes) -> Bool {
        guard line.count < 160, line.last != UInt8(ascii: "?"), line.last != UInt8(ascii: "!"),
            line.count(where: { $0 == 0x20 }) <= 8
        else { return false }
        let first = lowercased(line.prefix { $0 != 0x20 })
        // Where the words stand last, they are not ASCII.
        guard deviceStarts.contains(first) || line.contains(where: { $0 > 0x7F }) else { return false }
        let text = Array(lowercased(line).utf8)
        guard deviceStarts.contains(first) || deviceWords.contains(where: text.containsRun) else { return false }
        return devices.contains(where: text.containsRun)
    }

    private static let farewells: Set<String> = [
        "regards", "best regards", "kind regards", "warm regards", "best wishes", "sincerely", "yours sincerely",
        "yours faithfully", "atenciosamente", "att", "atte", "cordialmente", "abraços", "um abraço", "saudações",
        "com os melhores cumprimentos", "melhores cumprimentos", "cumprimentos", "saludos", "un saludo",
        "saludos cordiales", "cordialement", "bien cordialement", "bien à vous", "salutations",
        "mit freundlichen grüßen",
        "mit freundlichem gruß", "freundliche grüße", "viele grüße", "beste grüße", "liebe grüße", "mfg",
        "cordiali saluti", "distinti saluti", "un cordiale saluto", "saluti", "met vriendelijke groet",
        "met vriendelijke groeten", "vriendelijke groet", "hartelijke groeten", "groeten", "pozdrawiam", "z poważaniem",
        "с уважением",
        "з повагою", "med vänliga hälsningar", "vänliga hälsningar", "bästa hälsningar", "hälsningar", "mvh",
        "med venlig hilsen", "venlig hilsen", "hilsen", "bedste hilsner",
        "med vennlig hilsen", "vennlig hilsen", "ystävällisin terveisin", "terveisin", "saygılarımla", "saygılarımızla",
        "s pozdravem", "s pozdravom", "üdvözlettel", "cu stimă", "よろしくお願いいたします。", "此致", "敬具",
    ]

    static func isFarewell(_ line: Bytes) -> Bool {
        guard line.count <= 60, line.count(where: { $0 == 0x20 }) <= 5 else { return false }
        let marks = Array(",.!;: ".utf8)
        guard let last = line.lastIndex(where: { !marks.contains($0) }) else { return false }
        return farewells.contains(lowercased(line[...last]))
    }
}
