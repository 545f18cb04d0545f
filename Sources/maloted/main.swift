// maloted: the daemon's command line. Exit statuses follow sysexits(3).

import Foundation
import MaloteCore
import MaloteRuntime

do {
    let invocation = try Invocation(Array(CommandLine.arguments.dropFirst()))
    let status = await invocation.run()
    fflush(nil)
    // Not exit(3): its handlers would tear down OpenSSL under the network threads, which live until the very end.
    _exit(status)
} catch {
    FileHandle.standardError.write(Data("maloted: \(error.text)\n".utf8))
    exit(EX_USAGE)
}
