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

    @Test func `a study that was begun in another mode goes on in it where its file never named one`()
        throws
    {
        let file = try study("{max_resource: 27}")
        var begun = file.spec
        begun.execution.mode = .rung
        var spec = file.spec
        #expect(
            spec.keep(from: begun, unless: file.named) == [
                "the study goes on in mode 'rung', in which it was begun"
            ])
        #expect(spec == begun)
        spec = file.spec
        let last = file.named.joined(with: NamedSettings(text: "execution: {mode: rung}"))
        #expect(spec.keep(from: begun, unless: last) == [] && spec == file.spec)
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

    @Test(arguments: [("", "3"), ("searcher: {seed: 3}", "3"), ("searcher: {}", "0")])
    func `a study that was begun with random search keeps it where its file names no searcher`(
        line: String, seed: String
    ) throws {
        let begun = try spec(["searcher": "searcher: {type: random, seed: \(line.isEmpty ? "0" : seed)}"])
        let file = try StudyFile.read(text: example([("searcher", line)]), file: "s")
        var spec = file.spec
        #expect(spec != begun)
        #expect(
            spec.keep(from: begun, unless: file.named) == [
                "the study goes on with the searcher that it was begun with: \(begun.plan.searcher.words)"
            ])
        #expect(spec == begun)
        #expect(file.named.hasAutoSearcher)
    }

    @Test(arguments: [
        // A searcher that stune never chooses, another seed, and a file that asks for `auto` are changes.
        ("{type: sobol}", "{}"), ("{type: random, seed: 1}", "{seed: 2}"),
        ("{type: random}", "{type: auto}"),
        ("{type: random}", "{type: tpe}"),
    ])
    func `another searcher is a change`(before: String, after: String) throws {
        let begun = try spec(["searcher": "searcher: \(before)"])
        let file = try StudyFile.read(text: example([("searcher", "searcher: \(after)")]), file: "s")
        var spec = file.spec
        #expect(spec.keep(from: begun, unless: file.named) == [])
        #expect(spec == file.spec)
        #expect(spec != begun)
    }

    @Test func `a named searcher is not stune's choice`() throws {
        #expect(try !study("{max_resource: 27}").named.hasAutoSearcher)
    }
}
