import Spool
import Store
import Tuning

/// Groups the assignments of one tick into arrays: one for each rung, and, where trials have outgrown
/// the cluster's largest index, for each block of trials. Nothing is submitted one by one.
struct ArrayPlanner {
    /// The study's name.
    let study: String
    /// An index is below this.
    let maxArraySize: Int
    /// The most tasks of one array, as the cluster's refusals have taught; at least 1.
    var mostTasks = Int.max

    /// The arrays, lowest rung first. `start` names a checkpoint's path relative to the study directory.
    func arrays(
        of assignments: [Assignment], tokens: () -> ArrayToken, start: (CheckpointID) throws -> String?
    ) rethrows -> [PlannedArray] {
        var groups: [Group: [Assignment]] = [:]
        for assignment in assignments {
            let offset = assignment.trial.number / maxArraySize * maxArraySize
            groups[Group(rung: assignment.rung, offset: offset), default: []].append(assignment)
        }
        let parts = groups.sorted { $0.key < $1.key }.flatMap { group, members in
            members.sorted { $0.trial < $1.trial }.chunks(of: mostTasks).map { (group, $0) }
        }
        return try parts.map { group, members in
            let token = tokens()
            let name = JobName(study: study, rung: group.rung, offset: group.offset, token: token)
            let tasks = try members.map { assignment in
                PlannedArray.Task(
                    index: assignment.trial.number - group.offset, assignment: assignment,
                    start: try assignment.start.flatMap(start))
            }
            return PlannedArray(token: token.digits, name: name.description, tasks: tasks)
        }
    }

    private struct Group: Hashable, Comparable {
        let rung: Int
        let offset: Int

        static func < (left: Group, right: Group) -> Bool {
            (left.rung, left.offset) < (right.rung, right.offset)
        }
    }
}

extension Array {
    /// The elements in runs of at most `count`, in order.
    func chunks(of count: Int) -> [ArraySlice<Element>] {
        var rest = self[...]
        var chunks: [ArraySlice<Element>] = []
        while !rest.isEmpty {
            chunks.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return chunks
    }
}
