import Dispatching
import Spool
import Store
import Tuning

extension Controller {
    /// Makes passes until nothing is left to do now, and gives the lease back.
    ///
    /// How long a task has been seen over is not kept between ticks. So a tick stays while a task is in its settle
    /// window or a letter waits for its predecessor; otherwise nothing would ever be declared lost. It also stays while
    /// an external searcher computes. What ends in the meantime is for the next tick.
    package mutating func tick(shouldStop: () -> Bool) async throws -> End {
        var firstRest: Duration?
        while !shouldStop() {
            let hasNews: Bool
            do {
                hasNews = try await pass()
            } catch  where PassingError.mayPass(error) && troubles.failures < ControllerLimits.lastTries {
                await waitOut(error, shouldStop)
                continue
            }
            troubles.hold("files", nil)
            let isCarriedOut = try store.read { try $0.openIntents().isEmpty }
            if case .over(let outcome) = study.phase, isCarriedOut {
                if try await sweep() {
                    try finish()
                    return .over(outcome)
                }
                await time.sleep(for: setup.pace.inbox.upperBound)
                continue
            }
            if hasNews { continue }
            let moment = firstRest ?? time.now
            firstRest = moment
            let isSettling =
                watch.isSettling(since: moment) || intake.early.values.contains { $0 <= moment }
                || watch.hope != .possible
            let mayRest = try isCarriedOut || window.state != .open || waitsForLimits()
            if !isSettling && !search.isAsked && !advising.isAsked && mayRest { break }
            await time.sleep(for: setup.pace.inbox.upperBound)
        }
        try finish()
        return .stopped
    }
}
