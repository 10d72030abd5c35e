import Algorithms
package import Tuning

/// Fewer submissions: arrays that nobody has sent yet become one.
extension Dispatcher {
    /// Which of these arrays may become one, oldest assignment first: arrays whose tasks ask for the same and whose indices
    /// count from the same trial. Arrays that have nothing to go with are left out.
    ///
    /// - Parameter tokens: arrays that nobody has sent.
    package func gatherable(_ tokens: some Sequence<ArrayToken>) -> [[ArrayToken]] {
        let arrays = queued(in: Set(tokens)).values.sorted { $0[0].assignment < $1[0].assignment }
        var groups: [(kind: Kind, tokens: [ArrayToken], indices: Set<Int>, tasks: Int)] = []
        for lanes in arrays {
            let (kind, token) = (Kind(lanes[0]), lanes[0].turn.token)
            let (indices, tasks) = (Set(lanes.map(\.turn.index)), Set(lanes.map(\.task)).count)
            let place = groups.lastIndex { group in
                group.kind == kind && group.tasks + tasks <= learned.mostTasks
                    && group.indices.isDisjoint(with: indices)
            }
            if let place {
                groups[place].tokens.append(token)
                groups[place].indices.formUnion(indices)
                groups[place].tasks += tasks
            } else {
                groups.append((kind, [token], indices, tasks))
            }
        }
        return groups.map(\.tokens).filter { $0.count > 1 }
    }

    /// Arrays that nobody has sent become one. What is over stays where it was.
    mutating func gather(_ tokens: [ArrayToken], into other: ArrayToken) -> [DispatchCommand] {
        let lanes = queued(in: Set(tokens)).values.joined().sorted { $0.assignment < $1.assignment }
        guard let first = lanes.first, let rung = lanes.map(\.rung).min() else { return [] }
        for lane in lanes {
            var turn = lane.turn
            turn.token = other
            move(lane.assignment, to: turn, task: lane.task, lane.stage)
        }
        let name = JobName(study: plan.study, rung: rung, offset: Kind(first).offset, token: other)
        return [.gather(lanes.map(\.assignment), into: other, name: name.description)]
    }

    /// What arrays were planned for and is not over, by array, in order.
    private func queued(in tokens: Set<ArrayToken>) -> [ArrayToken: [Placement]] {
        let lanes = open.compactMap { placements[$0] }.filter {
            $0.turn.turn == 0 && tokens.contains($0.turn.token)
        }
        return Dictionary(grouping: lanes, by: \.turn.token).mapValues {
            $0.sorted { $0.assignment < $1.assignment }
        }
    }

    /// What the tasks of an array have in common.
    private struct Kind: Hashable {
        /// The trial of a task is this plus its index.
        let offset: Int
        /// How often its trials have run out of memory.
        let outOfMemory: Int
        /// What they ask for.
        let request: TaskRequest

        init(_ lane: Placement) {
            (offset, outOfMemory) = (lane.trial.number - lane.turn.index, lane.outOfMemory)
            request = lane.request
        }
    }
}
