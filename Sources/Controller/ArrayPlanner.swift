import Algorithms
import Spool
import Store
import Tuning

/// Groups the assignments of one tick into arrays: one for each rung, and, where trials have outgrown
/// the cluster's largest index, for each block of trials, and where trials have run out of memory, for each
/// amount of it. Nothing is submitted one by one.
struct ArrayPlanner {
    /// The study's name.
    let study: String
    /// An index is below this.
    let maxArraySize: Int
    /// The most tasks of one array, as the cluster's refusals have taught; at least 1.
    var mostTasks = Int.max

    /// The arrays, lowest rung first. `start` names a checkpoint's path relative to the study directory.
    func arrays(
        of work: [Work], tokens: () -> ArrayToken, start: (CheckpointID) throws -> String?
    ) rethrows -> [PlannedArray] {
        var groups: [Group: [Work]] = [:]
        for item in work {
            let group = Group(
                rung: item.assignment.rung, offset: offset(of: item.assignment.trial),
                outOfMemory: item.outOfMemory)
            groups[group, default: []].append(item)
        }
        let parts = groups.sorted { $0.key < $1.key }.flatMap { group, members in
            members.sorted { $0.assignment.trial < $1.assignment.trial }.chunks(ofCount: mostTasks).map {
                (group, $0)
            }
        }
        return try parts.map { group, members in
            let token = tokens()
            let name = JobName(study: study, rung: group.rung, offset: group.offset, token: token)
            let tasks = try members.map { item in
                PlannedArray.Task(
                    index: item.assignment.trial.number - group.offset, assignment: item.assignment,
                    start: try item.assignment.start.flatMap(start), outOfMemory: item.outOfMemory)
            }
            return PlannedArray(token: token.digits, name: name.description, tasks: tasks)
        }
    }

    /// Where a single assignment has its place in an array of its own.
    func place(of trial: TrialID, rung: Int, token: ArrayToken) -> PlannedArray.Place {
        let offset = offset(of: trial)
        let name = JobName(study: study, rung: rung, offset: offset, token: token)
        return PlannedArray.Place(
            token: token.digits, name: name.description, index: trial.number - offset)
    }

    private func offset(of trial: TrialID) -> Int { trial.number / maxArraySize * maxArraySize }

    /// An assignment, and how often its trial has run out of memory.
    struct Work {
        var assignment: Assignment
        var outOfMemory: Int
    }

    private struct Group: Hashable, Comparable {
        let rung: Int
        let offset: Int
        let outOfMemory: Int

        static func < (left: Group, right: Group) -> Bool {
            (left.rung, left.offset, left.outOfMemory) < (right.rung, right.offset, right.outOfMemory)
        }
    }
}
