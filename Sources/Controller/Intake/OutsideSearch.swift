import ExternalSearch
import Logging
import Spool
import Tuning

/// The questions to an external searcher.
struct OutsideSearchState {
    /// The trial that it was asked for and has not answered yet.
    fileprivate(set) var asked: TrialID?
    /// How often in a row it has failed, and when to ask again.
    fileprivate var retry: (failures: Int, at: Duration)?
}

extension Controller {
    /// Applies the answers of an external searcher, and asks it for what the study could begin now. One question is
    /// open at a time; after a crash it is asked again, because only answers are events.
    ///
    /// - Returns: whether anything was asked or answered.
    /// - Throws: `ControllerError.unusable` if it fails repeatedly. The study can be resumed.
    mutating func askOutside() async throws -> Bool {
        guard let searcher = setup.searcher else { return false }
        let start = time.now
        var hasNews = false
        while let outcome = try await ask(searcher, &hasNews) {
            hasNews = true
            try takeIn(outcome)
            // Other work waits, too.
            if time is SystemTime, time.now - start > ControllerLimits.searchPause.all { break }
        }
        return hasNews
    }

    /// Asks, if there is something to ask for.
    ///
    /// - Returns: the outcome of the open question; `nil` if there is none, or no outcome yet.
    private mutating func ask(
        _ searcher: any OutsideSearcher, _ hasAsked: inout Bool
    ) async throws -> SearchOutcome? {
        if search.asked == nil {
            guard search.retry.map({ time.now >= $0.at }) ?? true, let trial = cores.study.wanted else {
                return nil
            }
            searcher.ask(for: trial, after: cores.study.searchHistory)
            (search.asked, hasAsked) = (trial, true)
            // Virtual time must not pass while it computes.
            if time is SystemTime {
                await searcher.news.wait(atMost: ControllerLimits.searchPause.each)
            } else {
                searcher.waitForOutcome()
            }
        }
        return searcher.outcome()
    }

    private mutating func takeIn(_ outcome: SearchOutcome) throws {
        search.asked = nil
        switch outcome {
        case .answer(let trial, let configuration):
            if search.retry != nil { try say("searcher", nil) }
            search.retry = nil
            try commit { _ in [.proposed(trial: trial, configuration: configuration)] }
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
}
