// What a command is: its words, its options, its help and its work; the list of all of them.

/// One command. The table below is the only place where commands are registered.
struct Command: Sendable {
    struct Option: Sendable {
        /// With dashes.
        var name: String
        /// What stands for its value in the help; `nil` for a switch.
        var value: String?
        var help: String
        var repeats = false
    }

    /// `["mailbox", "list"]`
    var words: [String]
    var positional: [String] = []
    var options: [Option] = []
    /// One line.
    var summary: String
    /// Further lines of help; may be empty.
    var details = ""
    var run: @Sendable (Session) throws -> Void

    static let all: [Command] =
        ApplyCommands.all + ImportCommands.all + ObjectCommands.all + TemplateCommands.all + TestCommands.all
        + AuthorizeCommands.all + StatusCommands.all
        + EventCommands.all + EndpointCommands.all
        + SendCommands.all + TriggerCommands.all + PlannedStepCommands.all
        + QueueCommands.all + SuppressionCommands.all + DrillCommands.all + MessageCommands.all + QuarantineCommands.all
        + TicketCommands.all + ContractCommands.all + ApprovalCommands.all + TokenCommands.all + AuditCommands.all
        + AlertCommands.all + DoctorCommands.all + BackupCommands.all + KeyCommands.all + ClusterCommands.all
        + CompletionCommands.all

    /// The command with the most matching words, and what follows it.
    static func find(_ words: [String]) -> (Command, [String])? {
        let fitting = all.filter { words.starts(with: $0.words) }
        guard let command = fitting.max(by: { $0.words.count < $1.words.count }) else { return nil }
        return (command, Array(words.dropFirst(command.words.count)))
    }

    var usage: String {
        var parts = ["malotectl"] + words + positional
        for option in options {
            let text = option.value.map { "\(option.name) \($0)" } ?? option.name
            parts.append(option.repeats ? "[\(text)]..." : "[\(text)]")
        }
        return parts.joined(separator: " ")
    }
}
