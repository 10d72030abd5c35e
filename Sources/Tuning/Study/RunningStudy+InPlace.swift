/// What follows for a promotion whose process was told to continue in place, or was about to be.
///
/// The process had a result at its old target before that, and this result counts whatever follows:
///
/// | it was told         | it has reported      | it ends with code 0              | with another code or signal, or is lost |
/// |---------------------|----------------------|----------------------------------|-----------------------------------------|
/// | nothing yet         | at the old target    | the trial rests                  | the trial rests                         |
/// | … but is to go on   | at the old target    | relaunched                       | relaunched                              |
/// | to save and leave   | at the old target    | the trial rests                  | the trial rests                         |
/// | to go on            | nothing more         | relaunched; it `doesNotWait`     | relaunched                              |
/// | to go on            | between the targets  | relaunched                       | tried again, or given up, as any crash  |
/// | to go on            | at the new target    | the new result counts            | the new result counts                   |
///
/// Relaunched: the promotion starts in a new process, from the newest checkpoint or from zero, and uses up no try. That
/// happens once for each promotion, because the new process is not in place.
extension RunningStudy {
    /// Launches a promoted trial in the process that waits with it.
    mutating func launch(
        _ promotion: Promotion, from resource: Resource, inPlace attempt: AttemptID
    ) {
        let replicate = replicate(promotion.trial, rung: promotion.rung, promotion.reason)
        launch(
            Assignment(
                id: AssignmentID(assignmentCount), trial: promotion.trial, rung: promotion.rung,
                from: resource, to: levels[promotion.rung], start: nil, inPlace: attempt,
                reason: promotion.reason, replicate: replicate))
    }

    /// Whether an end does not count against a promotion: its process was to continue in place, and ended cleanly or
    /// before any further report.
    func mayRelaunch(_ flight: Flight, _ failure: Failure) -> Bool {
        guard flight.assignment.inPlace != nil, failure.rule != .obey else { return false }
        return failure.rule == .relaunch || !flight.hasReported
    }

    /// Starts a promotion in a new process.
    mutating func relaunch(_ flight: Flight, _ failure: Failure) {
        let work = flight.assignment
        trials[work.trial.number].stepBack(below: work.to)
        launchLater(work, .relaunched(of: work.id, why: failure.reason), after: flight.tries)
    }

    /// See `Study.fact(shownBy:)`.
    func fact(shownBy event: Event) -> Event? {
        guard commandWaits, case .ended(let fact) = event, fact.ending == .paused,
            let flight = flights[fact.attempt.assignment], fact.attempt.epoch >= flight.epoch,
            flight.assignment.inPlace != nil, !flight.hasReported
        else { return nil }
        return .doesNotWait(fact.attempt)
    }
}
