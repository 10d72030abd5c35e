package import Spool
package import Tuning

/// A searcher or a scheduler outside the controller's process. It is asked one question at a time and answers when it can.
package protocol OutsideProgram: Sendable {
    /// Rung when there is an outcome.
    var news: Bell { get }

    /// Asks a question; returns at once. The outcome of the previous question must be known.
    func ask(_ question: OutsideQuestion)

    /// The outcome of the last question, returned once; `nil` if there is none yet.
    func outcome() -> OutsideOutcome?

    /// Blocks the thread until there is an outcome. For virtual time, which must not pass while a program computes.
    func waitForOutcome()

    /// Ends the program and waits until it has ended.
    func end() async
}

/// A question, with all that is known about the study. That grows from question to question.
package enum OutsideQuestion: Hashable, Sendable {
    /// To a searcher: which configuration does this trial have?
    case configuration(TrialID, after: [ExternalSearcher.Experience])
    /// To a scheduler: which of these goes on?
    case choice(Choices, after: [ScheduledStep])
}

/// The outcome of a question.
package enum OutsideOutcome: Hashable, Sendable {
    /// The configuration of a trial, within the space and its constraints; `nil` if there are no more.
    case answer(TrialID, Configuration?)
    /// What is to happen next: one of the choices.
    case advice(Advice)
    /// The program has died, hung, or sent an unusable answer. The next question starts it again.
    case failure(OutsideFailure)
}
