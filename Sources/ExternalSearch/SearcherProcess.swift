import Dispatch
package import Spool
import Subprocess
import Synchronization
import SystemPackage
package import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A searcher that is a separate program. It starts with the first question. It is ended when it dies, hangs or sends
/// an unusable answer, and the next question starts it again.
package final class SearcherProcess: OutsideSearcher {
    private struct Question: Sendable {
        let trial: TrialID
        let history: [ExternalSearcher.Experience]
    }

    private let conversation: Conversation
    private let space: SearchSpace
    private let search: ExternalPlan
    private let workingDirectory: String
    private let found = Mutex<SearchOutcome?>(nil)
    private let questions: AsyncStream<Question>
    private let asking: AsyncStream<Question>.Continuation
    private let outcomes = DispatchSemaphore(value: 0)
    private let service = Mutex<Task<Void, Never>?>(nil)

    /// Rung when there is an outcome.
    package let news = Bell()

    /// The searcher of a plan, whose command starts in this directory.
    package init(_ plan: Plan, _ search: ExternalPlan, workingDirectory: String) {
        conversation = Conversation(plan, search)
        space = plan.space
        self.search = search
        self.workingDirectory = workingDirectory
        (questions, asking) = AsyncStream.makeStream()
        // If the searcher dies while it is written to, this process must survive.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// The searcher that a study needs, whose command starts in this directory; `nil` if the study uses a built-in one.
    package static func of(_ plan: Plan, workingDirectory: String) -> SearcherProcess? {
        plan.searcher.external.map { SearcherProcess(plan, $0, workingDirectory: workingDirectory) }
    }

    /// See `OutsideSearcher.ask`.
    package func ask(for trial: TrialID, after history: [ExternalSearcher.Experience]) {
        service.withLock { service in
            if service == nil { service = Task { await self.serve() } }
        }
        asking.yield(Question(trial: trial, history: history))
    }

    /// See `OutsideSearcher.outcome`.
    package func outcome() -> SearchOutcome? {
        found.withLock { found in
            defer { found = nil }
            return found
        }
    }

    /// See `OutsideSearcher.waitForOutcome`.
    package func waitForOutcome() { outcomes.wait() }

    /// See `OutsideSearcher.end`.
    package func end() async {
        asking.finish()
        await service.withLock { $0 }?.value
    }

    /// Ends the searcher and blocks the thread until it has ended. For virtual time, which cannot wait for real time.
    package func endAndWait() {
        asking.finish()
        guard let service = service.withLock({ $0 }) else { return }
        let ended = DispatchSemaphore(value: 0)
        Task {
            await service.value
            ended.signal()
        }
        ended.wait()
    }

    private func tell(_ outcome: SearchOutcome) {
        found.withLock { $0 = outcome }
        news.ring()
        outcomes.signal()
    }

    // MARK: The process

    /// Runs one process after the other, each until it fails or no more questions come.
    private func serve() async {
        for await question in questions {
            do {
                try await run(from: question)
            } catch let failure as SearcherFailure {
                tell(.failure(failure))
            } catch {
                tell(.failure(SearcherFailure("'\(search.command[0])' cannot be run: \(error)")))
            }
        }
    }

    /// Runs a process from its start to its end.
    private func run(from question: Question) async throws {
        let program = search.command[0]
        let watchdog = Watchdog()
        let result = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(Array(search.command.dropFirst())),
            workingDirectory: FilePath(workingDirectory),
            input: .inputWriter, output: .sequence, error: .sequence
        ) { process in
            watchdog.guards(process.processIdentifier.value)
            let errors = Task {
                var tail = ""
                for try await line in process.standardError.strings() {
                    tail = String((tail + line + "\n").suffix(SearchLimits.lastWords))
                }
                return tail
            }
            let failure = await self.converse(
                from: question, process.standardInputWriter, process.standardOutput.strings(), watchdog)
            if failure == nil {
                // It gets no more input, and leaves.
                try? await process.standardInputWriter.finish()
                watchdog.limit(SearchLimits.leave)
            } else {
                watchdog.kill()
            }
            return (failure, try? await errors.value)
        }
        watchdog.rest()
        guard let failure = result.closureResult.0 else { return }
        let words = result.closureResult.1 ?? ""
        throw SearcherFailure(words.isEmpty ? failure.description : "\(failure); its last words: \(words)")
    }

    /// Answers questions until no more come.
    ///
    /// - Returns: why the process cannot be asked any more; `nil` if no more questions come.
    private func converse(
        from first: Question, _ writer: StandardInputWriter,
        _ lines: SubprocessOutputSequence.StringSequence<UTF8>, _ watchdog: Watchdog
    ) async -> SearcherFailure? {
        var talk = Talk(writer: writer, answers: lines.makeAsyncIterator(), watchdog: watchdog)
        do {
            try await talk.tell(conversation.greeting)
            tell(try await settle(first, &talk))
            for await question in questions { tell(try await settle(question, &talk)) }
            return nil
        } catch let failure as SearcherFailure {
            return failure
        } catch {
            return SearcherFailure(
                watchdog.hasBarked
                    ? "it has not answered within \(search.patience) s" : "it has ended: \(error)")
        }
    }

    /// Repeats a question until the space allows the answer.
    private func settle(_ question: Question, _ talk: inout Talk) async throws -> SearchOutcome {
        for step in question.history[talk.told...] {
            // The process knows its own proposals, unless the trial has got another configuration.
            if case .trial(let trial, let configuration) = step, talk.proposed[trial] == configuration {
                continue
            }
            try await talk.tell(conversation.line(step))
        }
        talk.told = question.history.count
        for _ in 0..<SearchLimits.refusals {
            try await talk.tell(Conversation.question(question.trial))
            let line = try await talk.answer(within: .seconds(search.patience))
            switch try conversation.answer(line, for: question.trial) {
            case .exhausted: return .answer(question.trial, nil)
            case .configuration(let configuration) where space.allows(configuration):
                talk.proposed[question.trial] = configuration
                return .answer(question.trial, configuration)
            case .configuration: try await talk.tell(Conversation.refusal(question.trial))
            }
        }
        throw SearcherFailure("\(SearchLimits.refusals) answers in a row break the study's constraints")
    }
}

/// The state of the conversation with one process.
private struct Talk {
    let writer: StandardInputWriter
    var answers: SubprocessOutputSequence.StringSequence<UTF8>.AsyncIterator
    let watchdog: Watchdog
    /// How much of the history it was sent.
    var told = 0
    /// What this process has proposed.
    var proposed: [TrialID: Tuning.Configuration] = [:]

    func tell(_ line: [UInt8]) async throws { _ = try await writer.write(line + [UInt8(ascii: "\n")]) }

    mutating func answer(within patience: Duration) async throws -> [UInt8] {
        watchdog.limit(patience)
        defer { watchdog.rest() }
        guard let line = try await answers.next() else { throw Ended() }
        return Array(line.utf8)
    }

    struct Ended: Error, CustomStringConvertible {
        var description: String { "it says nothing more" }
    }
}

private func send(_ number: Int32, to process: pid_t) { _ = kill(process, number) }

/// Kills a process that takes too long.
private final class Watchdog: Sendable {
    private struct State {
        var process: pid_t?
        var round = 0
        var hasBarked = false

        func kill() {
            // The process is our child and not yet waited for, so its number cannot belong to another.
            if let process { send(SIGKILL, to: process) }
        }
    }

    private let state = Mutex(State())

    /// Whether it killed the process for exceeding its time.
    var hasBarked: Bool { state.withLock { $0.hasBarked } }

    func guards(_ process: pid_t) { state.withLock { $0.process = process } }

    /// Gives the process this much time from now on.
    func limit(_ patience: Duration) {
        let round = state.withLock { state in
            state.round += 1
            return state.round
        }
        Task {
            try? await Task.sleep(for: patience)
            bark(round)
        }
    }

    /// Removes the time limit.
    func rest() { state.withLock { $0.round += 1 } }

    /// Kills the process at once.
    func kill() { state.withLock { $0.kill() } }

    private func bark(_ round: Int) {
        state.withLock { state in
            guard state.round == round else { return }
            state.hasBarked = true
            state.kill()
        }
    }
}

/// Every limit of the conversation with an external searcher, with its reason.
enum SearchLimits {
    /// How many characters of its standard error to show when it fails: the end of a traceback says most.
    static let lastWords = 2_000
    /// How long it may take to leave when no more questions come.
    static let leave = Duration.seconds(5)
    /// How many answers in a row the space's constraints may forbid: a searcher does not know them.
    static let refusals = 1_000
}
