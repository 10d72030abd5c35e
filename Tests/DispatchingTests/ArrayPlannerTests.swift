import Testing
import Tuning

@testable import Dispatching

/// How assignments share tasks, and tasks arrays.
@Suite struct ArrayPlannerTests {
    private func work(_ trial: Int, rung: Int = 0, outOfMemory: Int = 0) -> ArrayPlanner.Work {
        ArrayPlanner.Work(
            assignment: Assignment(
                id: AssignmentID(trial), trial: TrialID(trial), rung: rung, from: .none, to: Resource(1),
                start: nil, reason: .new), outOfMemory: outOfMemory)
    }

    /// The plan: for each array its rung, and the lanes of each task by the task's index.
    private func plan(
        _ work: [ArrayPlanner.Work], slots: Int, mostTasks: Int = .max, limit: Int = 1_001
    ) -> [String] {
        let planner = ArrayPlanner(
            study: "s", maxArraySize: limit, mostTasks: mostTasks, slotsPerTask: slots)
        var bits: UInt64 = 0
        let arrays = planner.arrays(of: work) {
            bits += 1
            return ArrayToken(bits: bits)
        }
        return arrays.map { array in
            let tasks = Dictionary(grouping: array.lanes, by: \.task).sorted { $0.key < $1.key }
            let words = tasks.map {
                "\($0.key): \($0.value.map { String($0.index) }.joined(separator: " "))"
            }
            return array.name.split(separator: ".")[1] + " " + words.joined(separator: ", ")
        }
    }

    @Test func `one lane a task is a task for each assignment, and an array for each rung`() {
        #expect(
            plan([work(4), work(3), work(1, rung: 1)], slots: 1) == ["rung0 3: 3, 4: 4", "rung1 1: 1"])
    }

    @Test func `work shares tasks by rung and trial, across rungs, and the last task has what is left`() {
        #expect(
            plan([work(8, rung: 1), work(5), work(4), work(3), work(1, rung: 2)], slots: 2)
                == ["rung0 3: 3 4, 5: 5 8", "rung2 1: 1"])
        #expect(plan((0..<7).map { work($0) }, slots: 3) == ["rung0 0: 0 1 2, 3: 3 4 5, 6: 6"])
    }

    @Test func `what asks for other memory, or is of another block of trials, shares no task`() {
        #expect(
            plan([work(0), work(1, outOfMemory: 1), work(2)], slots: 3)
                == ["rung0 0: 0 2", "rung0 1: 1"])
        #expect(plan((2..<6).map { work($0) }, slots: 3, limit: 4) == ["rung0 2: 2 3", "rung0+4 0: 0 1"])
    }

    @Test func `a limit on tasks counts tasks, not lanes`() {
        #expect(
            plan((0..<7).map { work($0) }, slots: 2, mostTasks: 2)
                == ["rung0 0: 0 1, 2: 2 3", "rung0 4: 4 5, 6: 6"])
    }
}
