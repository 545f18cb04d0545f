// What is new in a reply, in the languages and shapes of the programs that people answer with.

import MaloteCore
import Testing

struct ReplyTests {
    private func new(_ text: String, subject: String = "Re: x") -> String {
        view("Subject: \(subject)\nContent-Type: text/plain; charset=utf-8\n\n" + text).newText
    }

    /// Lines that introduce a quote.
    private static let introductions = [
        "On Mon, Nov 2, 2026 at 10:15 AM Ana Silva <ana@x.example> wrote:",
        "On 2 Nov 2026, at 10:15, Ana Silva wrote:",
        "Em seg., 2 de nov. de 2026 às 10:15, Ana Silva <ana@x.example> escreveu:",
        "Em 02/11/2026 10:15, Ana Silva escreveu:",
        "El lun, 2 nov 2026 a las 10:15, Ana Silva (<ana@x.example>) escribió:",
        "Le lun. 2 nov. 2026 à 10:15, Ana Silva <ana@x.example> a écrit :",
        "Am Mo., 2. Nov. 2026 um 10:15 Uhr schrieb Ana Silva <ana@x.example>:",
        "Am 02.11.26 um 10:15 schrieb Ana Silva:",
        "Il giorno lun 2 nov 2026 alle ore 10:15 Ana Silva <ana@x.example> ha scritto:",
        "Op ma 2 nov 2026 om 10:15 schreef Ana Silva <ana@x.example>:",
        "Op 2 nov. 2026 om 10:15 heeft Ana Silva <ana@x.example> het volgende geschreven:",
        "pon., 2 lis 2026 o 10:15 Ana Silva <ana@x.example> napisał(a):",
        "W dniu 2.11.2026 o 10:15, Ana Silva pisze:",
        "пн, 2 нояб. 2026 г. в 10:15, Ana Silva <ana@x.example>:",
        "2 ноября 2026 г., в 10:15, Ana Silva <ana@x.example> написал(а):",
        "Den mån 2 nov. 2026 kl 10:15 skrev Ana Silva <ana@x.example>:",
        "Den man. 2. nov. 2026 kl. 10.15 skrev Ana Silva <ana@x.example>:",
        "man. 2. nov. 2026 kl. 10:15 skrev Ana Silva <ana@x.example>:",
        "ma 2. marrask. 2026 klo 10.15 Ana Silva (ana@x.example) kirjoitti:",
        "Ana Silva <ana@x.example>, 2 Kas 2026 Pzt, 10:15 tarihinde şunu yazdı:",
        "po 2. 11. 2026 v 10:15 odesílatel Ana Silva <ana@x.example> napsal:",
        "po 2. 11. 2026 o 10:15 Ana Silva <ana@x.example> napísal(a):",
        "Ana Silva <ana@x.example> ezt írta (időpont: 2026. nov. 2., H, 10:15):",
        "În lun., 2 nov. 2026 la 10:15, Ana Silva <ana@x.example> a scris:",
        "пн, 2 лист. 2026 р. о 10:15 Ana Silva <ana@x.example> пише:",
        "Στις Δευ 2 Νοε 2026 στις 10:15 ο χρήστης Ana Silva <ana@x.example> έγραψε:",
        "2026年11月2日(月) 10:15 Ana Silva <ana@x.example>:",
        "Ana Silva <ana@x.example> 于2026年11月2日周一 10:15写道：",
        "2026년 11월 2일 (월) 오전 10:15, Ana Silva <ana@x.example>님이 작성:",
        "2026-11-02 10:15 GMT-03:00 Ana Silva <ana@x.example>:",
        "Monday, 2 November 2026, 10:15 -0300 from Ana Silva <ana@x.example>:",
    ]

    @Test(arguments: introductions) func introduced(_ line: String) {
        #expect(new("New text.\nMore.\n\n\(line)\n\n> Old text.\n> More.\n") == "New text.\nMore.")
        #expect(new("New text.\n\n\(line)\n> Old text.\n>\n> -- \n> Ana\n\n-- \nBob\n") == "New text.")
        // Without marks.
        #expect(new("New text.\n\n\(line)\n\nOld text.\nMore.\n") == "New text.")
        // Below.
        #expect(new("\(line)\n> Old text.\n\nNew text.\n") == "New text.")
        // Between: nothing may be lost.
        let between = "\(line)\n> One?\n\nYes.\n\n> Two?\n\nNo.\n"
        #expect(new(between) == between)
    }

    @Test(arguments: [
        "On Mon, Nov 2, 2026 at 10:15 AM Ana Silva\n<ana@x.example> wrote:",
        "On Mon, Nov 2, 2026 at\n10:15 AM Ana Silva <ana@x.example> wrote:",
        "Em seg., 2 de nov. de 2026 às 10:15, Ana Silva <\nana@x.example> escreveu:",
        "Den mån 2 nov. 2026 kl 10:15 skrev Ana Silva <ana@x.example\n>:",
        "On Mon, Nov 2, 2026 at 10:15 AM Ana\nSilva wrote:",
        "02.11.2026 10:15 пользователь \"ana@x.example\" <\nana@x.example> написал:",
        "2026/11/2 Ana Silva <ana@x.example>",
    ])
    func wrapped(_ lines: String) {
        #expect(new("New text.\n\n\(lines)\n\n> Old text.\n") == "New text.")
    }

    /// Names of From, Sent, To and Subject.
    @Test(arguments: [
        ["From", "Sent", "To", "Subject"], ["De", "Enviada em", "Para", "Assunto"], ["De", "Data", "Para", "Assunto"],
        ["De", "Enviado el", "Para", "Asunto"], ["De", "Envoyé", "À", "Objet"], ["Von", "Gesendet", "An", "Betreff"],
        ["Da", "Inviato", "A", "Oggetto"], ["Van", "Verzonden", "Aan", "Onderwerp"], ["Od", "Wysłano", "Do", "Temat"],
        ["От", "Отправлено", "Кому", "Тема"], ["Från", "Skickat", "Till", "Ämne"], ["Fra", "Sendt", "Til", "Emne"],
        ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"], ["Kimden", "Gönderildi", "Kime", "Konu"],
        ["Od", "Odesláno", "Komu", "Předmět"], ["差出人", "送信日時", "宛先", "件名"], ["发件人", "发送时间", "收件人", "主题"],
        ["보낸 사람", "보낸 날짜", "받는 사람", "제목"],
    ])
    func headers(_ names: [String]) {
        let values = ["Ana <ana@x.example>", "2 Nov 2026 10:15", "Bob <bob@x.example>", "x"]
        let plain = zip(names, values).map { "\($0): \($1)\n" }.joined()
        #expect(new("New text.\n\n\(plain)\nOld text.\n") == "New text.")
        #expect(new("New text.\n\n________________________________\n\(plain)\nOld text.\n") == "New text.")
        let bold = zip(names, values).map { "*\($0):* \($1)\n" }.joined()
        #expect(new("New text.\n\n\(bold)\nOld text.\n") == "New text.")
        let wide = zip(names, values).map { "\($0)： \($1)\n\n" }.joined()
        #expect(new("New text.\n\n\(wide)\nOld text.\n") == "New text.")
    }

    @Test(arguments: [
        "-----Original Message-----", "-----Mensagem original-----", "-----Mensaje original-----",
        "-----Message d'origine-----", "-----Ursprüngliche Nachricht-----", "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----", "-----Wiadomość oryginalna-----", "-----Исходное сообщение-----",
        "-----Ursprungligt meddelande-----", "-------- Oprindelig besked --------",
        "-------- Opprinnelig melding --------",
        "-----Alkuperäinen viesti-----", "-----Orijinal Mesaj-----", "-----Původní zpráva-----", "-----原始邮件-----",
        "---- original message ----",
    ])
    func rules(_ rule: String) {
        #expect(new("New text.\n\n\(rule)\n\nOld text.\n") == "New text.")
    }

    @Test(arguments: [
        "Sent from my iPhone", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Enviado do meu iPhone",
        "Enviado via Samsung Galaxy", "Obter o Outlook para Android<https://aka.ms/x>", "Enviado desde mi iPhone",
        "Envoyé de mon iPhone", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App für Android",
        "Inviato da iPhone", "Verstuurd vanaf mijn iPad", "Wysłane z iPhone'a", "Отправлено с iPhone",
        "Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta", "iPhone'umdan gönderildi",
        "Odesláno z iPhonu", "iPhoneから送信", "发自我的iPhone",
    ])
    func devices(_ line: String) {
        #expect(new("New text.\n\n\(line)\n") == "New text.")
        #expect(
            new("New text.\n\n\(line)\n\nOn 2 Nov 2026, at 10:15, Ana <a@x.example> wrote:\n\n> Old.\n") == "New text.")
    }

    @Test(arguments: [
        Case("a signature", "New text.\n\n-- \nBob\n+55 11\n", "New text."),
        Case("a signature whose blank was trimmed", "New text.\n--\nBob\n", "New text."),
        Case("a farewell", "New text.\n\nBest regards,\n\nBob\nAcme Ltd\n", "New text."),
        Case("a farewell in Portuguese", "Texto novo.\n\nAtenciosamente,\nBob\n", "Texto novo."),
        Case("a list's footer", "New text.\n\n_______________\nacme mailing list\nacme@x.example\n", "New text."),
        Case(
            "quotes of quotes",
            "New.\n\nOn 2 Nov 2026, at 10:15, Ana wrote:\n> Mid.\n>\n> On 1 Nov 2026, at 9:00, Bob wrote:\n>> Old.\n",
            "New."),
        Case("quotes alone behind it", "New.\n\n> Old.\n> Older.\n", "New."),
        Case(
            "a quote that was wrapped",
            "New.\n\nAna wrote:\n> a very long line of the old mail that some program has wrapped at its\nend\n> and more\n",
            "New."),
        Case("a name only, then quotes", "New.\n\nAna Silva wrote:\n> Old.\n", "New."),
        Case(
            "Outlook below a phone's",
            "New.\n\nGet Outlook for Android\n________________________________\nFrom: A <a@x.example>\nSent: x\nTo: b@x.example\nSubject: x\n\nOld.\n",
            "New."),
    ])
    func ends(_ item: Case<String>) {
        #expect(new(item.given) == item.expected)
    }

    @Test(arguments: [
        "Just text.\nNothing else.\n", "On Monday he wrote:\nmany things.\n", "From: here\nto there.\n",
        "See the points:\n\n----\n\n1. One\n2. Two\n\n----\n\nEnd\n", "> only a quote\n",
        "Times:\n2026-01-15 14:30:25\n15.01.2026 14:30:\nmore\n", "Send it to ana@x.example in 2026:\nthe list\n",
        "It was sent from my iPhone yesterday and never came.\n\nWhat now?\n", "Regards\n",
        "Hi,\nAna wrote:\n> Old.\n\nI do not think so.\n", "One.\n> a\nTwo.\n> b\nThree.\n", "-- \nBob\n",
        "See below.\n\n---------- Forwarded message ---------\nFrom: A <a@x.example>\nDate: x\nSubject: y\nTo: z\n\nAll of it.\n",
        "FYI\n\nBegin forwarded message:\n\nFrom: A <a@x.example>\nDate: x\nTo: z\n\nAll of it.\n",
        "Look at https://x.example/on-monday-ana-wrote: it is good.\n", "\n\n\n", "Reason:\nTo:\nFor:\n",
    ])
    func inDoubtEverything(_ text: String) {
        #expect(new(text) == text)
    }

    @Test(arguments: ["Fwd: x", "FW: x", "ENC: x", "WG: x", "TR: x", "RV: x", "转发：x"])
    func aForwardedMailIsNew(_ subject: String) {
        let text = "Please handle.\n\nFrom: A <a@x.example>\nSent: x\nTo: b@x.example\nSubject: x\n\nThe request.\n"
        #expect(new(text, subject: subject) == text)
        #expect(new(text) == "Please handle.")
    }

    /// People write that somebody wrote something: their words are new.
    @Test(arguments: [
        "Hi,\n\nplease see what Bob wrote:", "Hi,\n\non page 5 you wrote:", "Hi,\nOn 5 items I agree.\nMore.",
        "Hi,\n\nOn Monday at 10:15 I can come.", "Hi,\n\nIn 2026 at 10:15 we begin.",
        "Hi,\nthanks On Mon, 2 Nov 2026 at 10:15, Ana <ana@x.example> wrote:",
    ])
    func theirOwnWords(_ words: String) {
        #expect(new(words + "\n> Old.\n").hasPrefix(words))
        #expect(new(words + "\nAna Silva wrote:\n> Old.\n") == words)
    }

    @Test(arguments: [
        "---- On Mon, 02 Nov 2026 10:15:00 +0530 Ana <ana@x.example> wrote ----", "---- Ana Silva wrote ----",
        "------On 11/02/2026 10:15 AM, Ana Silva wrote-----",
    ])
    func introductionsBetweenDashes(_ line: String) {
        #expect(new("New text.\n\n\(line)\n\nOld text.\n") == "New text.")
        #expect(new("New text.\n\n\(line)\n\n> Old text.\n") == "New text.")
    }

    @Test func theWholeTextStays() {
        let seen = view("Subject: Re: x\n\nNew.\n\nOn 2 Nov 2026, at 10:15, Ana wrote:\n> Old.\n")
        #expect(seen.newText == "New.")
        #expect(seen.text == "New.\n\nOn 2 Nov 2026, at 10:15, Ana wrote:\n> Old.\n")
    }

    // MARK: - HTML

    @Test(arguments: [
        Case(
            "Gmail",
            "<div>New.</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">Xyz 2 qqq Ana:<br></div><blockquote class=\"gmail_quote\">Old.</blockquote></div>",
            "New."),
        Case(
            "Thunderbird",
            "New.<br><div class=\"moz-cite-prefix\">Xyz 2/11 Ana zzz:<br></div><blockquote type=\"cite\"><p>Old.</p></blockquote>",
            "New."),
        Case(
            "Apple",
            "<div>New.</div><div><br><blockquote type=\"cite\"><div>On 2 Nov 2026, at 10:15, Ana &lt;a@x.example&gt; wrote:</div><br><div>Old.</div></blockquote></div>",
            "New."),
        Case(
            "Outlook on the web",
            "<div>New.</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>Xx:</b> A<br><b>Yy:</b> x</div><div>Old.</div>",
            "New."),
        Case(
            "Outlook",
            "<p class=MsoNormal>New.</p><div style='border-top:solid'><p><b>De:</b> A &lt;a@x.example&gt;<br><b>Enviada em:</b> x<br><b>Para:</b> b<br><b>Assunto:</b> x</p></div><p>Old.</p>",
            "New."),
        Case("Yahoo", "<div>New.</div><div class=\"yahoo_quoted\"><div>Zzz Ana:</div><div>Old.</div></div>", "New."),
        Case("Hotmail", "<div>New.</div><hr id=\"stopSpelling\"><div>Zzz Ana</div><div>Old.</div>", "New."),
        Case(
            "Outlook on a phone",
            "<div>New.</div><div id=\"ms-outlook-mobile-reference-message\"><div>Zzz Ana</div>Old.</div>", "New."),
        Case("a quote below which is answered", "<blockquote>Old.</blockquote><p>New.</p>", "New."),
    ])
    func html(_ item: Case<String>) {
        #expect(view("Subject: Re: x\nContent-Type: text/html\n\n" + item.given).newText == item.expected)
    }

    @Test(arguments: [
        "<p>a</p><blockquote>q</blockquote><p>b</p><blockquote>r</blockquote><p>c</p>",
        "<div class=\"gmail_quote\">---------- Forwarded message ---------<br>From: A<br>Date: x<br>Subject: y<br>To: z<br><br>All.</div>",
    ])
    func htmlInDoubt(_ html: String) {
        let seen = view("Subject: x\nContent-Type: text/html\n\n" + html)
        #expect(seen.newText == seen.text)
    }
}
