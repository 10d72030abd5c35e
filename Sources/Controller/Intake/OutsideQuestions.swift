import Logging
import OutsidePrograms
import Spool
import Tuning

/// The questions to a searcher or a scheduler outside.
struct OutsideState {
    /// Whether a question has no outcome yet.
    fileprivate(set) var isAsked = false
    /// How often in a row it has failed, and when to ask again.
    fileprivate var retry: (failures: Int, at: Duration)?

    /// Whether it may be asked now.
    fileprivate func isDue(at moment: Duration) -> Bool {
        !isAsked && retry.map { moment >= $0.at } ?? true
    }
}

extension Controller {
    /// Applies the answers of a searcher and a scheduler outside, and asks them about what the study could begin now. One
    /// question to each is open at a time; after a crash it is asked again, because only answers are events.
    ///
    /// - Returns: whether anything was asked or answered.
    /// - Throws: `ControllerError.unusable` if the searcher fails repeatedly. The study can be resumed.
    mutating func askOutside() async throws -> Bool {
        guard setup.searcher != nil || setup.scheduler != nil else { return false }
        let start = time.now
        var (hasNews, isDone) = (false, false)
        while !isDone {
            isDone = true
            if let scheduler = setup.scheduler,
                let outcome = try await ask(scheduler, \.advising, \.choice, &hasNews)
            {
                try takeAdvice(outcome)
                (hasNews, isDone) = (true, false)
            }
            if let searcher = setup.searcher,
                let outcome = try await ask(searcher, \.search, \.wantedConfiguration, &hasNews)
            {
                try takeProposal(outcome)
                (hasNews, isDone) = (true, false)
            }
            // Other work waits, too.
            if time is SystemTime, time.now - start > ControllerLimits.searchPause.all { break }
        }
        return hasNews
    }

    private var wantedConfiguration: OutsideQuestion? {
        cores.study.wanted.map { .configuration($0, after: cores.study.searchHistory) }
    }

    /// Also while the study decides by itself: whoever answers is listened to again.
    private var choice: OutsideQuestion? {
        (cores.study.choices ?? cores.study.choicesAlone).map { .choice($0, after: cores.study.steps) }
    }

    /// Asks, if there is something to ask for.
    ///
    /// - Returns: the outcome of the open question; `nil` if there is none, or no outcome yet.
    private mutating func ask(
        _ program: any OutsideProgram, _ state: WritableKeyPath<Controller, OutsideState>,
        _ question: KeyPath<Controller, OutsideQuestion?>, _ hasAsked: inout Bool
    ) async throws -> OutsideOutcome? {
        if !self[keyPath: state].isAsked {
            guard self[keyPath: state].isDue(at: time.now), let question = self[keyPath: question] else {
                return nil
            }
            program.ask(question)
            self[keyPath: state].isAsked = true
            hasAsked = true
            // Virtual time must not pass while it computes.
            if time is SystemTime {
                await program.news.wait(atMost: ControllerLimits.searchPause.each)
            } else {
                program.waitForOutcome()
            }
        }
        guard let outcome = program.outcome() else { return nil }
        self[keyPath: state].isAsked = false
        return outcome
    }

    private mutating func takeProposal(_ outcome: OutsideOutcome) throws {
        switch outcome {
        case .answer(let trial, let configuration):
            if search.retry != nil { try say("searcher", nil) }
            search.retry = nil
            try commit { _ in [.proposed(trial: trial, configuration: configuration)] }
        case .advice: break
        case .failure(let failure):
            let failures = (search.retry?.failures ?? 0) + 1
            guard failures < ControllerLimits.searchFailures else {
                throw ControllerError.unusable("the searcher cannot be asked: \(failure)")
            }
            search.retry = (failures, time.now + ControllerLimits.fileWait.longest)
            log.warning("the searcher cannot be asked: \(failure); it is started again")
            try say("searcher", "the searcher is started again: \(failure)")
        }
    }

    /// Whoever cannot be asked holds nothing up: ASHA decides until there is an answer again.
    private mutating func takeAdvice(_ outcome: OutsideOutcome) throws {
        switch outcome {
        case .advice(let advice):
            if advising.retry != nil { try say("scheduler", nil) }
            advising.retry = nil
            try commit { _ in [.advised(advice)] }
        case .answer: break
        case .failure(let failure):
            let failures = (advising.retry?.failures ?? 0) + 1
            let pause = min(
                ControllerLimits.fileWait.longest * failures, ControllerLimits.schedulerPause)
            advising.retry = (failures, time.now + pause)
            log.warning(
                "the scheduler's program cannot be asked: \(failure); ASHA decides, and it is started again"
            )
            if !cores.study.isAlone { try commit { _ in [.advised(.alone)] } }
            try say(
                "scheduler",
                "ASHA decides, because the scheduler's program cannot be asked; it is started again: \(failure)"
            )
        }
    }
}
