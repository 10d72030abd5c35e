import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// The notices so far, so that none is repeated.
struct ToldNotices {
    /// Tasks that will not start by themselves.
    fileprivate(set) var held = HeldTasks()
    /// How the study is run.
    fileprivate(set) var choice: QueueTimes.Choice?
    /// That commands do not wait.
    fileprivate(set) var waiting = false
    /// Whether checkpoints are in the way of new trials; `nil`: nobody has looked yet.
    fileprivate(set) var shortage: Bool?
    /// Whether there are too many files; `nil`: nobody has looked yet.
    var files: Bool?
    /// That arrays wait for the limit on submissions.
    var submissions: SubmissionWait?
    /// Whether the log says so: once, since it may come and go with each checkpoint.
    fileprivate(set) var hasLoggedShortage = false
}

/// What the controller has to say to people, which `stune status` shows.
extension Controller {
    func say(_ topic: String, _ text: String?) throws {
        try store.write { try $0.notice(topic, text, time: time.wallTime) }
    }

    /// Says how the study is run, and why, as it begins or goes on.
    mutating func tellMode() throws {
        guard setup.spec.execution.mode == .auto, !setup.stays else { return try tellChoice() }
        try say(
            "execution",
            "one task for each assignment: between two ticks nobody could answer a worker that waits")
    }

    /// Reports how the study is run now, if that has changed.
    mutating func tellChoice() throws {
        try tellWaiting()
        guard let choice = times.choice else { return }
        if let last = told.choice, last.takesWork == choice.takesWork, last.isMeasured == choice.isMeasured
        {
            return
        }
        log.info("\(choice.why)")
        try say("execution", choice.why)
        told.choice = choice
    }

    /// Reports once that commands are no longer waited for.
    private mutating func tellWaiting() throws {
        guard !told.waiting, !cores.study.commandWaits else { return }
        let text =
            "the command ends after its report and does not wait for an answer: each promoted trial starts in a new "
            + "process, from its checkpoint if it has one"
        log.info("\(text)")
        try say("command", text)
        told.waiting = true
    }

    /// Reports which tasks will not start by themselves.
    mutating func tellHeld() throws {
        let held = watch.held
        guard held != told.held else { return }
        if let text = held.text { log.warning("\(text)") }
        try say("held", held.text)
        told.held = held
    }

    /// Reports that new trials wait because of the checkpoints' size, and removes the notice when they no longer do.
    mutating func tellShortage() throws {
        // A quota may be taken back while it is exceeded.
        guard setup.spec.plan.quota != nil || told.shortage == true else { return }
        let shortage = cores.study.shortage
        guard (shortage != nil) != told.shortage else { return }
        let text = shortage.map(Controller.words)
        if let text, !told.hasLoggedShortage {
            log.warning("\(text)")
            told.hasLoggedShortage = true
        }
        try say("quota", text)
        told.shortage = shortage != nil
    }

    private static func words(_ shortage: (bytes: Int, quota: Int)) -> String {
        "checkpoint quota exceeded: \(ByteSize.words(shortage.bytes)) kept, checkpoints.quota is "
            + "\(ByteSize.words(shortage.quota)), and none can be deleted yet. Until there is room, a new trial starts only "
            + "when nothing else runs; next time raise checkpoints.quota, save less, or run fewer trials"
    }
}
