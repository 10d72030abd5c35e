import Spool

/// Packs the files of commands that are over, when the worker's letters have told all that is in them.
struct Packing {
    private let study: StudyDirectory
    private let isWanted: Bool
    private let note: @Sendable (String) -> Void
    /// Commands that are over: what each has read and written, and where its checkpoints are.
    private var waiting: [(outputs: AttemptFiles, checkpoints: [AttemptFiles])] = []

    /// The packing for the lanes of an array, if its study wants that.
    init(_ manifest: Manifest, in study: StudyDirectory, note: @escaping @Sendable (String) -> Void) {
        (self.study, isWanted, self.note) = (study, manifest.packs == true, note)
    }

    /// A command is over; the letter on its end may not be out.
    mutating func add(_ outputs: AttemptFiles, _ checkpoints: [AttemptFiles]) {
        if isWanted { waiting.append((outputs, checkpoints)) }
    }

    /// Packs the files of the commands that are over: all news of them is published.
    mutating func pack() {
        for command in waiting {
            do throws(FileError) {
                try OutputPacks(study).pack(
                    process: command.outputs.outputs,
                    checkpoints: Set([command.outputs] + command.checkpoints).map(\.ownCheckpoints))
            } catch {
                // They stay as they are, and the controller packs them when the task is over.
                note("what the command printed is not packed yet: \(error)")
            }
        }
        waiting = []
    }
}
