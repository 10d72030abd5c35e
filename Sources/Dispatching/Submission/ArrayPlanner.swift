import Algorithms
import Tuning

/// Groups the assignments of one tick into tasks, and these into arrays: one for each rung, and, where trials have
/// outgrown the cluster's largest index, for each block of trials, and where tasks ask for different things, for each
/// request. Nothing is submitted one by one. Of a task whose lanes lead to several rungs, the lowest counts.
struct ArrayPlanner {
    /// The study's name.
    let study: String
    /// An index is below this.
    let maxArraySize: Int
    /// The most tasks of one array, learned from the cluster's refusals; at least 1.
    var mostTasks = Int.max
    /// How many assignments share a task; at least 1.
    var slotsPerTask = 1

    /// The arrays, lowest rung first.
    func arrays(of work: [Work], drawToken: () -> ArrayToken) -> [PlannedArray] {
        var groups: [Group: [ArraySlice<Work>]] = [:]
        for task in tasks(of: work) {
            guard let first = task.first else { continue }
            let group = Group(
                rung: first.assignment.rung, offset: offset(of: first.assignment.trial),
                outOfMemory: first.outOfMemory, request: first.request)
            groups[group, default: []].append(task)
        }
        let parts = groups.sorted { $0.key < $1.key }.flatMap { group, tasks in
            tasks.chunks(ofCount: mostTasks).map { (group, $0) }
        }
        return parts.map { group, tasks in
            let token = drawToken()
            let name = JobName(study: study, rung: group.rung, offset: group.offset, token: token)
            let lanes = tasks.flatMap { task in
                task.map { item in
                    PlannedArray.Lane(
                        index: item.assignment.trial.number - group.offset,
                        task: task.first.map { $0.assignment.trial.number - group.offset },
                        assignment: item.assignment, outOfMemory: item.outOfMemory, request: item.request)
                }
            }
            return PlannedArray(token: token, name: name.description, lanes: lanes)
        }
    }

    /// What shares a task: work of the same block of trials and the same request, as it comes by rung and trial.
    private func tasks(of work: [Work]) -> [ArraySlice<Work>] {
        let sorted = work.sorted { left, right in
            let (one, other) = (left.assignment, right.assignment)
            return (offset(of: one.trial), left.outOfMemory, left.request, one.rung, one.trial)
                < (offset(of: other.trial), right.outOfMemory, right.request, other.rung, other.trial)
        }
        let alike = sorted.chunked {
            (offset(of: $0.assignment.trial), $0.outOfMemory, $0.request)
                == (offset(of: $1.assignment.trial), $1.outOfMemory, $1.request)
        }
        return alike.flatMap { $0.chunks(ofCount: slotsPerTask) }
    }

    /// The place of a single assignment in its own array.
    func place(of trial: TrialID, rung: Int, token: ArrayToken) -> PlannedArray.Place {
        let offset = offset(of: trial)
        let name = JobName(study: study, rung: rung, offset: offset, token: token)
        return PlannedArray.Place(
            token: token, name: name.description, index: trial.number - offset)
    }

    private func offset(of trial: TrialID) -> Int { trial.number / maxArraySize * maxArraySize }

    /// An assignment, how often its trial has run out of memory, and what its task asks for.
    struct Work: Hashable, Sendable {
        var assignment: Assignment
        var outOfMemory: Int
        var request = TaskRequest.plain
    }

    private struct Group: Hashable, Comparable {
        let rung: Int
        let offset: Int
        let outOfMemory: Int
        let request: TaskRequest

        static func < (left: Group, right: Group) -> Bool {
            (left.rung, left.offset, left.outOfMemory, left.request)
                < (right.rung, right.offset, right.outOfMemory, right.request)
        }
    }
}
