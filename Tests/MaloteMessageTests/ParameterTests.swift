// Names of attachments and parameters of the whole mail: RFC 2231, RFC 2047 in quotes, and what programs write.

import MaloteCore
import Testing

struct ParameterTests {
    @Test(arguments: [
        Case("quoted", #"filename="report 1.pdf""#, "report 1.pdf"),
        Case("a token", "filename=report.pdf", "report.pdf"),
        Case("blanks without quotes", "filename=This is a test.pdf", "This is a test.pdf"),
        Case("blanks around the equals sign", #"filename = "a.pdf""#, "a.pdf"),
        Case("semicolon in quotes", #"filename="a;b.pdf"; size=3"#, "a;b.pdf"),
        Case("escaped quote", #"filename="a\"b.pdf""#, "a\"b.pdf"),
        Case("quote that never ends", #"filename="a.pdf"#, "a.pdf"),
        Case("RFC 2231", "filename*=utf-8'pt'Ol%C3%A1.pdf", "Olá.pdf"),
        Case("RFC 2231 in Latin", "filename*=iso-8859-1''caf%E9.pdf", "café.pdf"),
        Case("RFC 2231 with a quote in the name", "filename*=utf-8''it's.pdf", "it's.pdf"),
        Case("continuations", "filename*0=\"long \"; filename*1=name.pdf", "long name.pdf"),
        Case("continuations out of order", "filename*1=b.pdf; filename*0=a", "ab.pdf"),
        Case(
            "more than ten", (0..<12).map { "filename*\($0)=\($0)." }.joined(separator: "; "),
            "0.1.2.3.4.5.6.7.8.9.10.11."),
        Case("encoded continuations", "filename*0*=utf-8''caf%C3; filename*1*=%A9; filename*2=.pdf", "café.pdf"),
        Case("both kinds: the extended one counts", "filename=\"a.pdf\"; filename*=utf-8''b.pdf", "b.pdf"),
        Case("octets that the charset has not", "filename*=iso-2022-jp''a%8Ab.pdf", "a\u{FFFD}b.pdf"),
        Case("no charset", "filename*=''Ol%C3%A1.pdf", "Olá.pdf"),
        Case("bad percent signs", "filename*=utf-8''a%ZZ%4.pdf", "a%ZZ%4.pdf"),
        Case("RFC 2047 in quotes", "filename=\"=?utf-8?B?Y2Fmw6kucGRm?=\"", "café.pdf"),
        Case("RFC 2047 in two words", "filename=\"=?utf-8?Q?caf=C3?=\n =?utf-8?Q?=A9.pdf?=\"", "café.pdf"),
        Case("RFC 2047 without quotes", "filename==?utf-8?Q?caf=C3=A9.pdf?=", "café.pdf"),
        Case("raw UTF-8", "filename=\"café.pdf\"", "café.pdf"),
        Case("a path of Unix", "filename=\"../../etc/passwd\"", ".._.._etc_passwd"),
        Case("a path of Windows", #"filename="C:\temp\a.pdf""#, "C:_temp_a.pdf"),
        Case("the folder above", "filename=\"..\"", "_"),
        Case("a line break", "filename*=utf-8''a%0D%0Ab.pdf", "a  b.pdf"),
        Case("a turned ending", "filename*=utf-8''a%E2%80%AEfdp.exe", "a_fdp.exe"),
        Case("blanks only", "filename*=utf-8''%20%20", "attachment-1.pdf"),
        Case("empty", "filename=\"\"", "attachment-1.pdf"),
        Case("none", "size=3", "attachment-1.pdf"),
    ])
    func fileName(_ item: Case<String>) {
        let seen = view("Content-Type: application/pdf\nContent-Disposition: attachment; \(item.given)\n\nx\n")
        #expect(seen.attachments.map(\.name) == [item.expected])
    }

    @Test func nameOfTheTypeServes() {
        #expect(view("Content-Type: image/png; name=\"a.png\"\n\nx").attachments.map(\.name) == ["a.png"])
    }

    @Test func longNamesKeepTheirEnding() {
        let name = String(repeating: "é", count: 400) + ".exe"
        let seen = view("Content-Type: application/pdf; name=\"\(name)\"\n\nx").attachments.first?.name ?? ""
        #expect(seen.utf8.count <= 255)
        #expect(seen.hasSuffix("é.exe"))
    }

    @Test func aForwardedMailIsNamedByItsSubject() {
        let seen = view("Content-Type: message/rfc822\n\nSubject: =?utf-8?Q?caf=C3=A9?=\n\nHi\n")
        #expect(seen.attachments.map(\.name) == ["café.eml"])
    }

    @Test func parametersOfTheWholeMail() {
        let seen = view(
            "Content-Type: Multipart/Report (a comment); Report-Type=delivery-status; boundary=\"x\"\n\n--x--\n")
        #expect(seen.contentType == "multipart/report")
        #expect(seen.contentTypeParameters["report-type"] == "delivery-status")
    }
}
