// What the daemon needs of its store beyond the port: how it opened, how busy it is, and whether it may go on.

import MaloteCore

package protocol DurableStore: Store, StoreCare, TokenStore {
    /// What opening found to tell, a sentence each.
    var openingNews: [String] { get }
    /// Commits since the start: fewer than writes, when they are grouped.
    var commits: Int { get }
    /// Writes that wait for their transaction.
    var waitingWrites: Int { get }
    /// Set once nothing may be written any more: only a new start may go on.
    var end: Failure? { get }
    /// Rings when it is.
    var ended: Bell { get }
    /// To be called at an orderly stop.
    func close() async
}
