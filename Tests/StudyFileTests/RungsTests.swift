import StudyFile
import Testing
import Tuning

@Suite struct RungsTests {
    @Test(arguments: [
        ("max_resource: 52", [1, 5, 17, 52]), ("max_resource: 52, rungs: full", [1, 5, 17, 52]),
        ("max_resource: 52, rungs: paper", [1, 3, 9, 27]),
        ("max_resource: 27, rungs: paper", [1, 3, 9, 27]),
        ("max_resource: 52, rungs: [2, 10, 50]", [2, 10, 50]), ("max_resource: 8, rungs: [8]", [8]),
        ("max_resource: 52, early_stopping_rate: 1", [5, 17, 52]),
    ])
    func `rungs end at max_resource, or where the file says`(fields: String, levels: [Int]) throws {
        for type in ["asha", "async_hyperband", "asha_stopping", "successive_halving"] {
            let read = try spec(["scheduler": "scheduler: {type: \(type), \(fields)}"])
            #expect(read.plan.scheduler.levels.map(\.units) == levels, "\(type)")
        }
    }

    @Test func `where both end at max_resource, the full ladder and the paper's are the same study`() throws
    {
        let scheduler = { (fields: String) throws -> SchedulerPlan in
            try spec(["scheduler": "scheduler: {max_resource: 81\(fields)}"]).plan.scheduler
        }
        #expect(try scheduler("") == scheduler(", rungs: paper"))
        #expect(try scheduler(", rungs: full") == scheduler(", rungs: paper"))
    }
}
