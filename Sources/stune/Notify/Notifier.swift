import Controller
import Foundation
import Spool
import Store
import StudyFile
import Synchronization
import Tuning

/// Tells people of a study's news while it is controlled. The controller never waits for it.
final class Notifier: Sendable {
    /// The times that it goes by.
    struct Pace: Sendable {
        /// How long the command may take.
        var command = Duration.seconds(60)
        /// The least time between two looks for a best trial, and between two pieces of news of one.
        var look = Duration.seconds(5)
        var best = Duration.seconds(60)
        /// How long something has to be in the way before that is news.
        var stall = Duration.seconds(600)
        /// How often is looked for that.
        var watch = Duration.seconds(15)
    }

    private struct State {
        var told: TrialID?
        var toldValue: Double?
        var nextLook = ContinuousClock.now
        var nextBest = ContinuousClock.now
        var running: [Task<Void, Never>] = []
        var watch: Task<Void, Never>?
    }

    private let setup: StudySetup
    private let rule: NotifyRule
    private let pace: Pace
    private let state = Mutex(State())
    /// Whether the study was begun before this controller: what an earlier one has found is no news.
    private let isResumed: Bool

    /// Whom to tell of a study's news; `nil`: nobody wants to know.
    init?(_ settings: RunSettings, _ setup: StudySetup, pace: Pace = Pace()) {
        guard let rule = settings.notify else { return nil }
        (self.rule, self.setup, self.pace) = (rule, setup, pace)
        // What is in the way of a look is told when the study is opened.
        isResumed = (try? setup.directory.files.exists(setup.directory.snapshot)) ?? false
    }

    // MARK: What there is to tell

    /// Looks whether there is a new best trial. Called after each pass of the controller that changed something.
    func look(_ reader: StoreReader) throws {
        guard rule.kinds.contains(.best), setup.spec.plan.others.isEmpty else { return }
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            guard now >= state.nextLook else { return false }
            state.nextLook = now + pace.look
            return now >= state.nextBest
        }
        guard isDue, let best = try reader.best(setup.spec.plan.objective.goal), let value = best.value
        else {
            return
        }
        let isNew = state.withLock { state in
            let isNew =
                state.told == nil ? !isResumed : (state.told, state.toldValue) != (best.trial, value)
            (state.told, state.toldValue) = (best.trial, value)
            if isNew { state.nextBest = now + pace.best }
            return isNew
        }
        guard isNew else { return }
        let resource = best.resource ?? .none
        tell(
            .best,
            "trial \(best.trial) has \(setup.spec.plan.objective.metric) = \(value) at resource \(resource)",
            best)
    }

    /// Watches whether something is in the controller's way, until `finish`.
    func begin() {
        guard rule.kinds.contains(.stalled) else { return }
        let task = Task { await watch() }
        state.withLock { $0.watch = task }
    }

    private func watch() async {
        var since: ContinuousClock.Instant?
        var isTold = false
        while !Task.isCancelled {
            let lines = TroubleNote(setup.directory).lines
            let now = ContinuousClock.now
            if lines.isEmpty {
                (since, isTold) = (nil, false)
            } else if let start = since, now - start >= pace.stall, !isTold {
                isTold = true
                tell(.stalled, lines.joined(separator: "; "), nil)
            } else if since == nil {
                since = now
            }
            // Ended: the loop's condition says so.
            try? await Task.sleep(for: pace.watch)
        }
    }

    /// The study has come to its end.
    func ended(_ outcome: StudyOutcome) {
        let best = try? setup.directory.readLastState { reader in
            setup.spec.plan.others.isEmpty ? try reader.best(setup.spec.plan.objective.goal) : nil
        }
        tell(News.kind(of: outcome), StatusView.words(outcome).joined(separator: " "), best ?? nil)
    }

    // MARK: Telling

    private func tell(_ kind: StudyNews.Kind, _ text: String, _ best: StoreReader.TrialRow?) {
        guard rule.kinds.contains(kind) else { return }
        let news = News(kind, text, of: setup.spec, in: setup.directory, best: best)
        let command = NotifyCommand(
            command: rule.command, directory: setup.workingDirectory, limit: pace.command)
        let path = setup.directory.notifyTrouble
        let task = Task {
            let trouble = await command.run(news)
            Notifier.record(
                trouble.map { "notify: '\(command.command[0])' for '\(news.news)': \($0)" }, at: path)
        }
        state.withLock { $0.running.append(task) }
    }

    /// Writes down what went wrong for `stune status`, or that nothing does any more.
    private static func record(_ trouble: String?, at path: String) {
        do throws(FileError) {
            if let trouble {
                say(trouble)
                try Files.system.publish(Array(trouble.utf8), at: path)
            } else if try Files.system.exists(path) {
                try Files.system.remove(path)
            }
        } catch {
            say("\(error)")
        }
    }

    /// Waits for what was started: the end of a controller's job would kill it. That takes a minute at most.
    func finish() async {
        let (running, watch) = state.withLock { ($0.running, $0.watch) }
        watch?.cancel()
        for task in running { await task.value }
    }

    /// What went wrong with the last news of a study, for people; nothing where all is well.
    static func trouble(in study: StudyDirectory) -> [String] {
        guard let bytes = try? Files.system.read(study.notifyTrouble, limit: 64 << 10) else { return [] }
        return [String(decoding: bytes, as: UTF8.self)]
    }
}
