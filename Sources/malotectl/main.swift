// malotectl: what operators type. Exit status 0 done, 1 refused or failed, 2 wrong usage.

import Foundation

let status = CommandLineTool.run(Array(CommandLine.arguments.dropFirst()))
fflush(nil)
exit(status)
