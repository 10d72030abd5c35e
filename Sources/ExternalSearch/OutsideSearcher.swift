package import Spool
package import Tuning

/// A searcher outside of the controller's process. It is asked for one configuration at a time, and answers when it can.
package protocol OutsideSearcher: Sendable {
    /// Rung when there is an outcome.
    var news: Bell { get }

    /// Asks for the configuration of a trial; returns at once. The question before it has had its outcome.
    ///
    /// - Parameter history: what there is to know of the study, which grows from question to question.
    func ask(for trial: TrialID, after history: [ExternalSearcher.Experience])

    /// What came of the last question, once; `nil`: nothing yet.
    func outcome() -> SearchOutcome?

    /// Blocks the thread until there is an outcome: for virtual time, which a thinking searcher holds up.
    func waitForOutcome()

    /// Ends it, and waits for that.
    func end() async
}

/// What came of a question to a searcher outside.
package enum SearchOutcome: Hashable, Sendable {
    /// The configuration of a trial, within the space and its constraints; `nil`: there are no more.
    case answer(TrialID, Configuration?)
    /// It has died, hung, or said what cannot be used; asked again, it is started again.
    case failure(SearcherFailure)
}
