// Certificates made by openssl for one run of the tests; knows no server.

import Foundation
import MaloteTestKit

/// One folder for all tests of the process, removed at its end.
enum Certificates {
    /// A certificate and its key.
    struct Identity: Sendable {
        let name: String
        var certificate: String { Certificates.folder + "/" + name + ".pem" }
        var key: String { Certificates.folder + "/" + name + ".key" }
    }

    /// For localhost and 127.0.0.1.
    static let here = Identity(name: "here")
    static let elsewhere = Identity(name: "elsewhere")
    /// For localhost, until some years ago.
    static let expired = Identity(name: "expired")
    /// Signed by itself.
    static let stranger = Identity(name: "stranger")

    /// The authority behind all of them.
    static let authority = folder + "/authority.pem"
    static let otherAuthority = folder + "/stranger.pem"
    /// The public key of `here`, and of somebody else.
    static let pin = pin("here")
    static let otherPin = pin("stranger")

    private static func pin(_ name: String) -> String {
        let text = FileManager.default.contents(atPath: folder + "/" + name + ".pin") ?? Data()
        return "sha256//" + String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static let folder: String = {
        let path = NSTemporaryDirectory() + "malote-certificates-" + UUID().uuidString
        atexit { try? FileManager.default.removeItem(atPath: Certificates.folder) }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Program.succeed("/bin/bash", ["-c", script, "certificates", path])
        } catch { fatalError("no certificates: \(error)") }
        return path
    }()

    private static let script = """
        set -euo pipefail
        cd "$1"
        new=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
        authority() {
            openssl req -x509 "${new[@]}" -days 30 -subj "/CN=$1" -addext basicConstraints=critical,CA:TRUE \
                -keyout "$1.key" -out "$1.pem"
        }
        certificate() {
            openssl req "${new[@]}" -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
            openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -CAcreateserial -days 30 \
                -extfile <(echo "subjectAltName=$2") -out "$1.pem"
        }
        pin() { openssl pkey -in "$1.key" -pubout -outform der | openssl dgst -sha256 -binary | base64 >"$1.pin"; }
        authority authority
        authority stranger
        certificate here DNS:localhost,IP:127.0.0.1
        certificate elsewhere DNS:elsewhere.test
        certificate expired DNS:localhost
        : >index
        openssl ca -batch -config <(printf '%s\n' '[ca]' default_ca=it '[it]' database=index new_certs_dir=. \
            rand_serial=yes default_md=sha256 policy=any x509_extensions=names \
            '[any]' commonName=supplied '[names]' subjectAltName=DNS:localhost) \
            -cert authority.pem -keyfile authority.key -in expired.csr -out expired.pem -notext \
            -startdate 20200101000000Z -enddate 20200201000000Z
        pin here
        pin stranger
        """
}
