import Controller
import Foundation
import Spool
import Store
import StudyFile
import Synchronization
import Tuning

/// Notifies people about a study while it is controlled. The controller never waits for it.
final class Notifier: Sendable {
    /// Its intervals and time limits.
    struct Pace: Sendable {
        /// How long the command may take.
        var command = Duration.seconds(60)
        /// The least time between two looks for a best trial, and between two notifications about one.
        var look = Duration.seconds(5)
        var best = Duration.seconds(60)
        /// How long an obstacle must last before it is news.
        var stall = Duration.seconds(600)
        /// How often to look for obstacles.
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
    /// Whether the study began before this controller: earlier results are not news.
    private let isResumed: Bool

    /// A notifier for a study; `nil` if no notification is configured.
    init?(_ settings: RunSettings, _ setup: StudySetup, pace: Pace = Pace()) {
        guard let rule = settings.notify else { return nil }
        (self.rule, self.setup, self.pace) = (rule, setup, pace)
        // Opening the study reports an obstacle to this look.
        isResumed = (try? setup.directory.files.exists(setup.directory.snapshot)) ?? false
    }

    // MARK: What there is to tell

    /// Looks for a new best trial. Called after each pass of the controller that changed something.
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

    /// Watches for obstacles in the controller's way, until `finish`.
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
            // The loop's condition notices the end.
            try? await Task.sleep(for: pace.watch)
        }
    }

    /// The study has ended.
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

    /// Records what went wrong for `stune status`, or that nothing does any more.
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

    /// Waits for running notifications, at most a minute, because the end of a controller's job would kill them.
    func finish() async {
        let (running, watch) = state.withLock { ($0.running, $0.watch) }
        watch?.cancel()
        for task in running { await task.value }
    }

    /// What went wrong with a study's last notification; empty if nothing did.
    static func trouble(in study: StudyDirectory) -> [String] {
        guard let bytes = try? Files.system.read(study.notifyTrouble, limit: 64 << 10) else { return [] }
        return [String(decoding: bytes, as: UTF8.self)]
    }
}
