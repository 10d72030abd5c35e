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

/// A searcher or a scheduler that is a separate program. It starts with the first question. It is ended when it dies,
/// hangs or sends an unusable answer, and the next question starts it again.
package final class OutsideProcess: OutsideProgram {
    private let conversation: Conversation
    private let lines: SchedulerLines
    private let space: SearchSpace
    private let program: ExternalPlan
    private let workingDirectory: String
    private let found = Mutex<OutsideOutcome?>(nil)
    private let questions: AsyncStream<OutsideQuestion>
    private let asking: AsyncStream<OutsideQuestion>.Continuation
    private let outcomes = DispatchSemaphore(value: 0)
    private let service = Mutex<Task<Void, Never>?>(nil)

    /// Rung when there is an outcome.
    package let news: Bell

    /// A program of a study's, whose command starts in this directory.
    ///
    /// - Parameter isScheduler: whether it is the study's scheduler, not its searcher.
    package init(
        _ plan: Plan, _ program: ExternalPlan, isScheduler: Bool = false, workingDirectory: String,
        news: Bell = Bell()
    ) {
        self.news = news
        conversation = Conversation(plan, program, isScheduler: isScheduler)
        lines = SchedulerLines(plan)
        space = plan.space
        self.program = program
        self.workingDirectory = workingDirectory
        (questions, asking) = AsyncStream.makeStream()
        // If the program dies while it is written to, this process must survive.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// The searcher that a study needs, whose command starts in this directory; `nil` if the study uses a built-in one.
    package static func searcher(of plan: Plan, workingDirectory: String) -> OutsideProcess? {
        plan.searcher.external.map { OutsideProcess(plan, $0, workingDirectory: workingDirectory) }
    }

    /// The same for its scheduler.
    ///
    /// - Parameter news: a bell that it may share with the searcher, so that one place can wait for both.
    package static func scheduler(of plan: Plan, workingDirectory: String, news: Bell?) -> OutsideProcess? {
        plan.scheduler.external.map {
            OutsideProcess(
                plan, $0.program, isScheduler: true, workingDirectory: workingDirectory,
                news: news ?? Bell())
        }
    }

    /// See `OutsideProgram.ask`.
    package func ask(_ question: OutsideQuestion) {
        service.withLock { service in
            if service == nil { service = Task { await self.serve() } }
        }
        asking.yield(question)
    }

    /// See `OutsideProgram.outcome`.
    package func outcome() -> OutsideOutcome? {
        found.withLock { found in
            defer { found = nil }
            return found
        }
    }

    /// See `OutsideProgram.waitForOutcome`.
    package func waitForOutcome() { outcomes.wait() }

    /// See `OutsideProgram.end`.
    package func end() async {
        asking.finish()
        await service.withLock { $0 }?.value
    }

    /// Ends the program and blocks the thread until it has ended. For virtual time, which cannot wait for real time.
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

    private func tell(_ outcome: OutsideOutcome) {
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
            } catch let failure as OutsideFailure {
                tell(.failure(failure))
            } catch {
                tell(.failure(OutsideFailure("'\(program.command[0])' cannot be run: \(error)")))
            }
        }
    }

    /// Runs a process from its start to its end.
    private func run(from question: OutsideQuestion) async throws {
        let name = program.command[0]
        let watchdog = Watchdog()
        let result = try await Subprocess.run(
            name.contains("/") ? .path(FilePath(name)) : .name(name),
            arguments: Arguments(Array(program.command.dropFirst())),
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
        throw OutsideFailure(words.isEmpty ? failure.description : "\(failure); its last words: \(words)")
    }

    /// Answers questions until no more come.
    ///
    /// - Returns: why the process cannot be asked any more; `nil` if no more questions come.
    private func converse(
        from first: OutsideQuestion, _ writer: StandardInputWriter,
        _ lines: SubprocessOutputSequence.StringSequence<UTF8>, _ watchdog: Watchdog
    ) async -> OutsideFailure? {
        var talk = Talk(writer: writer, answers: lines.makeAsyncIterator(), watchdog: watchdog)
        do {
            try await talk.tell(conversation.greeting)
            tell(try await settle(first, &talk))
            for await question in questions { tell(try await settle(question, &talk)) }
            return nil
        } catch let failure as OutsideFailure {
            return failure
        } catch {
            return OutsideFailure(
                watchdog.hasBarked
                    ? "it has not answered within \(program.patience) s" : "it has ended: \(error)")
        }
    }

    private func settle(_ question: OutsideQuestion, _ talk: inout Talk) async throws -> OutsideOutcome {
        switch question {
        case .configuration(let trial, let history): try await settle(trial, history, &talk)
        case .choice(let choices, let steps): try await settle(choices, steps, &talk)
        }
    }

    /// Repeats a question to a searcher until the space allows the answer.
    private func settle(
        _ trial: TrialID, _ history: [ExternalSearcher.Experience], _ talk: inout Talk
    ) async throws -> OutsideOutcome {
        for step in history[talk.told...] {
            // The process knows its own proposals, unless the trial has got another configuration.
            if case .trial(let other, let configuration) = step, talk.proposed[other] == configuration {
                continue
            }
            try await talk.tell(conversation.line(step))
        }
        talk.told = history.count
        for _ in 0..<SearchLimits.refusals {
            try await talk.tell(Conversation.question(trial))
            let line = try await talk.answer(within: .seconds(program.patience))
            switch try conversation.answer(line, for: trial) {
            case .exhausted: return .answer(trial, nil)
            case .configuration(let configuration) where space.allows(configuration):
                talk.proposed[trial] = configuration
                return .answer(trial, configuration)
            case .configuration: try await talk.tell(Conversation.refusal(trial))
            }
        }
        throw OutsideFailure("\(SearchLimits.refusals) answers in a row break the study's constraints")
    }

    /// Repeats a question to a scheduler until the answer is one of the choices.
    private func settle(
        _ choices: Choices, _ steps: [ScheduledStep], _ talk: inout Talk
    ) async throws -> OutsideOutcome {
        for step in steps[talk.told...] { try await talk.tell(lines.line(step, conversation.seen)) }
        talk.told = steps.count
        var last = ""
        for _ in 0..<SearchLimits.adviceRefusals {
            try await talk.tell(SchedulerLines.question(choices))
            let line = try await talk.answer(within: .seconds(program.patience))
            switch try lines.answer(line, choices) {
            case .advice(let advice): return .advice(advice)
            case .refused(let why):
                last = why
                try await talk.tell(SchedulerLines.refusal(why))
            }
        }
        throw OutsideFailure(
            "\(SearchLimits.adviceRefusals) answers in a row cannot be followed, the last because \(last)")
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

/// Every limit of the conversation with a program outside, with its reason.
enum SearchLimits {
    /// How many characters of its standard error to show when it fails: the end of a traceback says most.
    static let lastWords = 2_000
    /// How long it may take to leave when no more questions come.
    static let leave = Duration.seconds(5)
    /// How many answers in a row the space's constraints may forbid: a searcher does not know them.
    static let refusals = 1_000
    /// How many answers in a row of a scheduler may be no choice: it is told why, and knows all trials.
    static let adviceRefusals = 10
}
