import Spool

/// Packs the files of finished commands, once letters have reported all that is in them.
struct Packing {
    private let study: StudyDirectory
    private let isWanted: Bool
    private let note: @Sendable (String) -> Void
    /// Finished commands: the files of each, and where its checkpoints are.
    private var waiting: [(outputs: AttemptFiles, checkpoints: [AttemptFiles])] = []

    /// The packing for the lanes of an array, if its study uses it.
    init(_ manifest: Manifest, in study: StudyDirectory, note: @escaping @Sendable (String) -> Void) {
        (self.study, isWanted, self.note) = (study, manifest.packs == true, note)
    }

    /// Adds a command that is over. The letter about its end may not be published yet.
    mutating func add(_ outputs: AttemptFiles, _ checkpoints: [AttemptFiles]) {
        if isWanted { waiting.append((outputs, checkpoints)) }
    }

    /// Packs the files of the finished commands. All their messages must be published.
    mutating func pack() {
        for command in waiting {
            do throws(FileError) {
                try OutputPacks(study).pack(
                    process: command.outputs.outputs,
                    checkpoints: Set([command.outputs] + command.checkpoints).map(\.ownCheckpoints))
            } catch {
                // The files stay as they are; the controller packs them when the task is over.
                note("what the command printed is not packed yet: \(error)")
            }
        }
        waiting = []
    }
}
