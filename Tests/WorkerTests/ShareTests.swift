import Testing
import Tuning
import Worker

/// The share of each lane of a task in its resources.
struct ShareTests {
    private func shares(
        _ slots: Int, _ processors: [Int] = [], _ environment: [String: String] = [:]
    ) -> [Share] {
        (0..<slots).map { Share(slot: $0, of: slots, processors: processors, environment: environment) }
    }

    @Test(
        arguments: [
            (1, [0, 1, 2], [[]]), (2, [0, 1, 2, 3], [[0, 1], [2, 3]]),
            (3, [4, 5, 8, 9], [[4], [5], [8, 9]]),
            (3, [0, 2, 5], [[0], [2], [5]]), (4, [0, 1], [[], [], [], []]), (2, [], [[], []]),
        ])
    func `processors are split evenly, in their order, if there is one for each lane`(
        slots: Int, processors: [Int], expected: [[Int]]
    ) {
        #expect(shares(slots, processors).map(\.processors) == expected)
    }

    @Test(
        arguments: [
            (1, "0,1,2", ["0,1,2"]), (2, "0,1,2,3", ["0,1", "2,3"]),
            (2, "GPU-a, GPU-b,GPU-c", ["GPU-a", "GPU-b,GPU-c"]),
            (4, "2,5", ["2", "5", "2", "5"]),
            (3, "NoDevFiles", ["NoDevFiles", "NoDevFiles", "NoDevFiles"]),
        ])
    func `devices are split evenly, and where there are too few lanes take turns`(
        slots: Int, list: String, expected: [String]
    ) {
        for name in [
            "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK",
        ] {
            #expect(shares(slots, [], [name: list]).map { $0.variables[name] } == expected)
        }
    }

    @Test func `what is not set, or empty, stays so`() {
        #expect(
            shares(2, [], ["CUDA_VISIBLE_DEVICES": ""])[1].variables == [
                "STUNE_SLOT": "1", "STUNE_SLOTS": "2",
            ])
    }

    @Test func `HIP counts among the devices that ROCR lets through`() {
        let both = ["ROCR_VISIBLE_DEVICES": "4,5,6,7", "HIP_VISIBLE_DEVICES": "0,1,2,3"]
        let last = shares(2, [], both)[1].variables
        #expect(last["ROCR_VISIBLE_DEVICES"] == "6,7")
        #expect(last["HIP_VISIBLE_DEVICES"] == "0,1")
    }

    @Test(
        arguments: [
            ([], 0), ([.superseded, .published(.left), .published(.finished)], 0),
            ([.published(.finished), .published(.exited(code: 3))], 1),
            ([.published(.noReport), .failed(.unpublished("")), .superseded], 74),
        ] as [([TaskRun.Outcome], Int32)])
    func `the exit code of a task is the greatest of its lanes`(lanes: [TaskRun.Outcome], code: Int32) {
        #expect(lanes.map(\.exitCode).max() ?? 0 == code)
    }
}
