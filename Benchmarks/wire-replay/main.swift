// wire-replay: what Malote's wire machines make of a server's words. Exit status 0 understood, 1 refused, 2 wrong usage.

import Foundation

exit(WireReplay.run(Array(CommandLine.arguments.dropFirst())))
