// Tables are read as spreadsheets write them, whatever their separator, quotes and octets.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct TableTextTests {
    static let tables: [(String, [[String]])] = [
        ("", []), ("\n\r\n;;\n", []), ("a", [["a"]]), ("a;b\n1;2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,\r\n", [["a", "b"], ["1", ""]]), ("a\tb\r1\t2", [["a", "b"], ["1", "2"]]),
        ("a;b,c;d\n1,5;2;3", [["a", "b,c", "d"], ["1,5", "2", "3"]]),
        ("\"a;b\";c\n", [["a;b", "c"]]), ("\"a,b,c,d\";e", [["a,b,c,d", "e"]]),
        ("a,b\n\"x \"\"y\"\"\",\"\"\n", [["a", "b"], ["x \"y\"", ""]]),
        ("a,b\n\"1\n2\r\n3\",4", [["a", "b"], ["1\n2\r\n3", "4"]]),
        ("a,b\n\"1\"2,3", [["a", "b"], ["12", "3"]]), ("a,b\n1\"2,3", [["a", "b"], ["1\"2", "3"]]),
        ("sep=;\na,x;b\n", [["a,x", "b"]]), ("SEP=,\r\na,b", [["a", "b"]]), ("\u{FEFF}a,b", [["a", "b"]]),
    ]

    @Test(arguments: tables)
    func aTableIsRead(_ text: String, _ rows: [[String]]) throws {
        #expect(try TableText.read(Array(text.utf8)).map(\.cells) == rows)
    }

    @Test func rowsAreCountedAsASpreadsheetDoes() throws {
        let text = "a;b\n\n\"1\n1\";2\n;\n3;4"
        #expect(try TableText.read(Array(text.utf8)).map(\.number) == [1, 3, 5])
    }

    @Test func anOpenQuoteIsToldByItsRow() {
        let errors = #expect(throws: DocumentErrors.self) { try TableText.read(Array("a,b\n1,2\n\"3,4\n5,6".utf8)) }
        #expect(errors?.errors.first?.field == "row 3")
    }

    static let octets: [([UInt8], String)] = [
        (Array("a;ção".utf8), "a;ção"), ([0xEF, 0xBB, 0xBF] + Array("é".utf8), "é"),
        ([0x61, 0xE7, 0xE3, 0x6F, 0x80, 0x93, 0x81], "ação\u{20AC}\u{201C}\u{FFFD}"),
        ([0xFF, 0xFE, 0x61, 0x00, 0xE7, 0x00], "aç"), ([0xFE, 0xFF, 0x00, 0x61, 0x00, 0xE7, 0x00], "aç"), ([], ""),
    ]

    @Test(arguments: octets)
    func octetsAreText(_ bytes: [UInt8], _ text: String) { #expect(TableText.decode(bytes) == text) }

    @Test func hostileOctetsEnd() throws {
        for _ in 0..<200 {
            let bytes = (0..<300).map { _ in
                Bool.random()
                    ? UInt8.random(in: 0...255) : [0x22, 0x2C, 0x3B, 0x0A, 0x0D, 0x09].randomElement() ?? 0x22
            }
            _ = try? TableText.read(bytes)
            _ = try? MailboxImport(csv: Array("Server,Type\n".utf8) + bytes, ImportOptions()).document(on: Registry())
        }
    }
}
