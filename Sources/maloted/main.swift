// maloted: the daemon's command line. Exit statuses follow sysexits(3).

import Foundation
import MaloteCore
import MaloteRuntime

do {
    let invocation = try Invocation(Array(CommandLine.arguments.dropFirst()))
    exit(await invocation.run())
} catch {
    FileHandle.standardError.write(Data("maloted: \(error.text)\n".utf8))
    exit(EX_USAGE)
}
