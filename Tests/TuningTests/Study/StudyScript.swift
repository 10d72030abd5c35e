import Testing
import Tuning

/// The life of a study: its events, and all decisions that follow.
struct StudyScript: Sendable, CustomTestStringConvertible {
    /// An event, and every decision that follows it.
    struct Step: Sendable {
        var event: Event
        var decisions: [Decision]
    }

    var testDescription: String
    var plan: Plan
    /// The events after the plan is accepted and the slots are filled.
    var steps: [Step]

    init(_ says: String, _ plan: Plan, _ steps: [(Event, [Decision])]) {
        testDescription = says
        self.plan = plan
        self.steps = steps.map(Step.init)
    }

    /// Plays the script: each step must give the written decisions and the matching state.
    func play(sourceLocation: SourceLocation = #_sourceLocation) {
        var study = Study()
        var ledger = Ledger(plan)
        ledger.enter(.accepted(plan), study.apply(.accepted(plan)))
        for (number, step) in steps.enumerated() {
            if let fact = study.fact(shownBy: step.event) {
                ledger.enter(fact, study.apply(fact))
                ledger.compare(with: study)
            }
            let decisions = study.apply(step.event)
            #expect(
                decisions == step.decisions, "step \(number): \(step.event)", sourceLocation: sourceLocation
            )
            ledger.enter(step.event, decisions)
            ledger.compare(with: study)
        }
        #expect(ledger.violations == [], sourceLocation: sourceLocation)
    }
}

// MARK: The words of the scripts

extension Plan {
    /// A plan without parameters, whose metric `loss` is minimized.
    static func of(
        _ scheduler: SchedulerPlan, trials: Int, parallel: Int, retries: Int = 1, failures: Int = 8,
        space: SearchSpace = SearchSpace([]), keep: Int? = nil, quota: Int? = nil
    ) -> Plan {
        Plan(
            objective: Objective(metric: "loss", goal: .minimize), space: space,
            searcher: .random(seed: 7), scheduler: scheduler, trials: trials, parallel: parallel,
            maxRetries: retries, maxFailures: failures, keep: keep, quota: quota)
    }
}

extension SchedulerPlan {
    /// ASHA from resource 1 up to 4, with η = 2: rungs at 1, 2 and 4.
    static let halving = SchedulerPlan.asha(
        ASHAPlan(minResource: Resource(1), maxResource: Resource(4), reductionFactor: 2))
    /// Every trial runs to resource 4.
    static let straight = SchedulerPlan.none(maxResource: Resource(4))
}

extension AttemptID {
    static func of(_ assignment: Int, _ epoch: Int = 0) -> AttemptID {
        AttemptID(assignment: AssignmentID(assignment), epoch: epoch)
    }
}

extension CheckpointID {
    static func of(_ assignment: Int, epoch: Int = 0, at resource: Int) -> CheckpointID {
        CheckpointID(attempt: .of(assignment, epoch), resource: Resource(resource))
    }
}

extension Event {
    static func started(_ assignment: Int, epoch: Int = 0) -> Event {
        .started(
            AttemptStarted(
                attempt: .of(assignment, epoch), task: "4821_\(assignment)", host: "n1", directory: "logs"))
    }

    static func report(_ assignment: Int, epoch: Int = 0, at resource: Int, _ loss: Double) -> Event {
        let attempt = AttemptID.of(assignment, epoch)
        let at = Resource(resource)
        return loss.isFinite
            ? .reported(Report(attempt: attempt, resource: at, metrics: ["loss": loss]))
            : .reported(Report(attempt: attempt, resource: at, metrics: [:], nonFinite: ["loss": "nan"]))
    }

    static func saved(_ assignment: Int, epoch: Int = 0, at resource: Int, bytes: Int? = nil) -> Event {
        .checkpointed(.of(assignment, epoch: epoch, at: resource), bytes: bytes)
    }

    static func resumed(
        _ assignment: Int, epoch: Int, from earlier: Int, at resource: Int, bytes: Int? = nil
    ) -> Event {
        .resumed(
            .of(assignment, epoch), from: .of(assignment, epoch: earlier, at: resource), bytes: bytes)
    }

    static func ended(
        _ assignment: Int, epoch: Int = 0, _ ending: Ending = .finished, saying tail: String = ""
    ) -> Event {
        .ended(AttemptEnded(attempt: .of(assignment, epoch), ending: ending, stderrTail: tail))
    }

    static func lost(_ assignment: Int, _ fate: TaskFate, _ state: String = "STATE") -> Event {
        .lost(AssignmentLost(assignment: AssignmentID(assignment), fate: fate, state: state))
    }
}

extension Decision {
    /// The decision to run something.
    static func run(
        _ assignment: Int, _ trial: Int, rung: Int = 0, to: Int, from start: CheckpointID? = nil,
        _ reason: Assignment.Reason = .new
    ) -> Decision {
        .evaluate(
            Assignment(
                id: AssignmentID(assignment), trial: TrialID(trial), rung: rung,
                from: start?.resource ?? .none, to: Resource(to), start: start, reason: reason))
    }

    static func sample(_ trial: Int) -> Decision {
        .sample(trial: TrialID(trial), configuration: Configuration())
    }

    static func conclude(_ trial: Int, _ conclusion: Conclusion) -> Decision {
        .conclude(trial: TrialID(trial), conclusion)
    }
}

extension Assignment.Reason {
    static func retry(_ assignment: Int, _ why: String) -> Assignment.Reason {
        .retry(of: AssignmentID(assignment), why: why)
    }

    static func relaunched(_ assignment: Int, _ why: String) -> Assignment.Reason {
        .relaunched(of: AssignmentID(assignment), why: why)
    }

    static func continued(_ assignment: Int, _ why: String) -> Assignment.Reason {
        .continued(of: AssignmentID(assignment), why: why)
    }
}
