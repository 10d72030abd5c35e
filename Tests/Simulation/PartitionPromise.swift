import Clusters
import Dispatching
import StudyFile
import Tuning

extension Promises {
    /// The partition that tasks on the way to a rung ask for, in scenarios whose first rung has one of its own.
    static func partition(ofRung rung: Int) -> String { rung == 0 ? "first" : "others" }

    /// No command runs in a task that asked for something else than its assignment does.
    func checkPartitions() {
        guard world.scenario.splitsPartitions else { return }
        var rungs: [AssignmentID: Int] = [:]
        for entry in events {
            for case .evaluate(let work) in entry.decisions { rungs[work.id] = work.rung }
            guard case .started(let fact) = entry.event, let rung = rungs[fact.attempt.assignment],
                let number = fact.task.split(separator: "_").first.flatMap({ UInt32($0) }),
                let job = simulation.cluster.jobs[ArrayID(number)]
            else { continue }
            ledger.check(
                job.array.options.partition == Promises.partition(ofRung: rung),
                "\(fact.attempt) on the way to rung \(rung) runs in \(fact.task), which asked for the partition "
                    + "\(job.array.options.partition ?? "of the site")")
        }
    }
}
