import StudyFile
import Testing
import Tuning

@Suite struct NamedSettingsTests {
    private func study(_ scheduler: String) throws -> ParsedStudy {
        try StudyFile.read(text: example([("scheduler", "scheduler: \(scheduler)")]), file: "s")
    }

    @Test(arguments: ["asha", "asha_stopping", "async_hyperband", "successive_halving", "pasha"])
    func `a study that was begun on the paper's rungs keeps them where its file names none`(
        type: String
    ) throws {
        let begun = try study("{type: \(type), max_resource: 52, rungs: paper}").spec
        let file = try study("{type: \(type), max_resource: 52}")
        var spec = file.spec
        #expect(spec != begun)
        #expect(
            spec.keep(from: begun, unless: file.named) == [
                "the study goes on with the rungs that it was begun with: 1, 3, 9, 27"
            ])
        #expect(spec == begun)
    }

    @Test(arguments: ["rungs: full", "rungs: [1, 7, 52]", "reduction_factor: 4"])
    func `a file that names other rungs is another study`(fields: String) throws {
        let begun = try study("{max_resource: 52, rungs: paper}").spec
        let file = try study("{max_resource: 52, \(fields)}")
        var spec = file.spec
        #expect(spec.keep(from: begun, unless: file.named) == [])
        #expect(spec == file.spec)
    }

    @Test func `a population that was begun comparing newest results goes on so`() throws {
        let file = try study("{type: pbt, population: 8, max_resource: 30, interval: 6}")
        guard case .pbt(var pbt) = file.spec.plan.scheduler else {
            Issue.record("it is no population: \(file.spec.plan.scheduler)")
            return
        }
        #expect(pbt.comparison == .sameResource)
        pbt.comparison = .newest
        var begun = file.spec
        begun.plan.scheduler = .pbt(pbt)
        var spec = file.spec
        #expect(
            spec.keep(from: begun, unless: file.named) == [
                "the population goes on comparing newest results, as when the study was begun"
            ])
        #expect(spec == begun)
        // Another population makes another study.
        pbt.population = 7
        begun.plan.scheduler = .pbt(pbt)
        spec = file.spec
        #expect(spec.keep(from: begun, unless: file.named) == [])
        #expect(spec == file.spec)
    }
}
