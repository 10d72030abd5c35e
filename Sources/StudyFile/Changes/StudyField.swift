/// A field at the top of the study file, and what it means when it changes in a study that has begun.
///
/// This is the one table of that: commands refuse by it, and the table of docs/change.md is compared with it.
package enum StudyField: String, CaseIterable, Sendable {
    case name, metric, metrics, parameters, forbidden, constraints, points
    case priorResults = "prior_results"
    case searcher, scheduler, trials, replicates, parallel
    case maxRetries = "max_retries"
    case maxFailures = "max_failures"
    case settleSeconds = "settle_seconds"
    case command, directory, files, reports, container, outputs, execution, checkpoints, stop, slurm,
        cluster, limits
    case notify, code

    /// When a change comes.
    package enum Moment: String, CaseIterable, Sendable {
        /// No controller runs, and the study is not over.
        case atRest
        /// A controller runs.
        case running
        /// The study is over.
        case over
    }

    /// What becomes of a changed field.
    package enum Meaning: Hashable, Sendable {
        /// It holds at once; what it means, in a sentence without its end.
        case atOnce(String)
        /// It holds for what starts from now on; what runs keeps its terms. How, in a sentence without its end.
        case newWork(String)
        /// It belongs to a run and not to the study: each `stune run` takes it from its file.
        case eachRun
        /// It cannot change: why, and the way out.
        case refused(why: String, wayOut: String)

        /// As docs/change.md has it.
        package var words: String {
            switch self {
            case .atOnce(let what): "at once: \(what)"
            case .newWork(let what): "new work: \(what)"
            case .eachRun: "each run: taken from the file that `stune run` is given"
            case .refused(let why, let wayOut): "refused: \(why); \(wayOut)"
            }
        }
    }

    /// What a change means at a moment. Values have rules besides: `trials` is never below those that have begun, and of
    /// `scheduler` only `max_resource` may grow.
    package func meaning(_ moment: Moment) -> Meaning {
        switch self {
        case .name: .refused(why: "jobs and files carry the name", wayOut: StudyField.another)
        case .metric, .metrics:
            .refused(why: "results are compared by it", wayOut: StudyField.another)
        case .parameters:
            .atOnce(
                "other domains, more parameters (with `before`) or fewer, from the next trial on; the searcher learns again "
                    + "from the results that the changed space contains")
        case .forbidden, .constraints: .atOnce("from the next trial on")
        case .points:
            .atOnce(
                "more of them after those of before: they are the next trials, and need as many `trials`")
        case .priorResults:
            .refused(why: "prior results are read when a study begins", wayOut: StudyField.another)
        case .searcher:
            .atOnce("from the next trial on; it learns all results so far (not from or to a program)")
        case .scheduler: scheduler(moment)
        case .trials:
            moment == .over
                ? .atOnce("with more, the study opens again when it is run")
                : .atOnce("more, or fewer down to those that have begun")
        case .replicates:
            .refused(why: "rungs compare trials that were trained as often", wayOut: StudyField.another)
        case .parallel: .atOnce("what is above a lower number ends as it would")
        case .maxRetries, .maxFailures: .atOnce("for the next failure")
        case .settleSeconds: .newWork("from the next start of a controller on")
        case .command, .container: .newWork("attempts that start from now on")
        case .directory, .files, .reports: .newWork("arrays that are submitted from now on")
        case .outputs: .newWork("what ends from now on")
        case .execution: .newWork("tasks that are submitted from now on")
        case .checkpoints: .atOnce("what is above a lower limit is discarded; `every` holds for new arrays")
        case .stop:
            moment == .over
                ? .atOnce("if no condition holds any more, the study opens again when it is run")
                : .atOnce("if a condition holds already, the study stops")
        case .slurm: .newWork("tasks that are submitted from now on; those in the queue keep theirs")
        case .cluster, .limits, .notify, .code: .eachRun
        }
    }

    private func scheduler(_ moment: Moment) -> Meaning {
        moment == .over
            ? .atOnce(
                "only a greater `max_resource` of `asha`, or another `program`: the study opens again when it is run"
            )
            : .atOnce(
                "only a greater `max_resource` of `asha`, or another `program`: rungs are added at the top")
    }

    private static let another = "begin another study with `stune fork`"
}
