package import Spool
package import Tuning

/// A searcher outside the controller's process. It is asked for one configuration at a time and answers when it can.
package protocol OutsideSearcher: Sendable {
    /// Rung when there is an outcome.
    var news: Bell { get }

    /// Asks for the configuration of a trial; returns at once. The outcome of the previous question must be known.
    ///
    /// - Parameter history: all that is known about the study. It grows from question to question.
    func ask(for trial: TrialID, after history: [ExternalSearcher.Experience])

    /// The outcome of the last question, returned once; `nil` if there is none yet.
    func outcome() -> SearchOutcome?

    /// Blocks the thread until there is an outcome. For virtual time, which must not pass while a searcher computes.
    func waitForOutcome()

    /// Ends the searcher and waits until it has ended.
    func end() async
}

/// The outcome of a question to an external searcher.
package enum SearchOutcome: Hashable, Sendable {
    /// The configuration of a trial, within the space and its constraints; `nil` if there are no more.
    case answer(TrialID, Configuration?)
    /// The searcher has died, hung, or sent an unusable answer. The next question starts it again.
    case failure(SearcherFailure)
}
