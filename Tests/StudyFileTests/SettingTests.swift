import StudyFile
import Testing
import Tuning

/// A study file with one setting changed.
@Suite struct SettingTests {
    private static func read(_ setting: String) throws -> StudySpec {
        try StudyFile.read(text: example(), file: "study.yaml", changed: [Setting(setting)]).spec
    }

    @Test func `a value is replaced`() throws {
        #expect(try Self.read("trials=7").plan.trials == 7)
        #expect(try Self.read("parallel=3").plan.parallel == 3)
        #expect(try Self.read("searcher.seed=99").plan.searcher == .random(seed: 99))
        #expect(try Self.read("metric.goal=maximize").plan.objective.goal == .maximize)
        guard case .asha(let plan) = try Self.read("scheduler.reduction_factor=2").plan.scheduler else {
            Issue.record("ASHA became something else")
            return
        }
        #expect(plan.reductionFactor == 2)
    }

    @Test func `all else stays as it is`() throws {
        let (base, changed) = (try spec(), try Self.read("trials=7"))
        var expected = base
        expected.plan.trials = 7
        #expect(changed == expected)
    }

    @Test func `another type takes along what both have, and drops what it has not`() throws {
        #expect(try Self.read("scheduler.type=none").plan.scheduler == .none(maxResource: Resource(27)))
    }

    @Test func `what the file leaves out is added`() throws {
        let text = try example([("max_retries", ""), ("searcher", "")])
        let setting = try Setting("searcher.seed=5")
        let study = try StudyFile.read(text: text, file: "study.yaml", changed: [setting]).spec
        #expect(study.plan.searcher == .tpe(SearcherTests.auto(5)))
        #expect(
            try StudyFile.read(text: text, file: "s", changed: [Setting("max_retries=4")]).spec.plan
                .maxRetries == 4)
    }

    @Test func `a list is a value too`() throws {
        let study = try Self.read("parameters.batch_size.values=[8, 16]")
        let batch = study.plan.space.parameters.first { $0.name == "batch_size" }
        #expect(batch?.domain == .choice([.int(8), .int(16)]))
    }

    @Test(
        arguments: [
            ("trials=none", "study.yaml with trials=none:", "trials: "),
            ("schedule.type=none", "study.yaml with schedule.type=none:", "did you mean 'scheduler'?"),
            ("scheduler.type=hyper", "study.yaml with scheduler.type=hyper:", "scheduler.type: "),
            ("trials.more=1", "study.yaml with trials.more=1:", "trials: "),
        ])
    func `a setting that makes no study is told as such`(setting: String, start: String, part: String) {
        let error = #expect(throws: InvalidStudyFile.self) { try Self.read(setting) }
        #expect(error?.description.hasPrefix(start) == true, "\(error?.description ?? "no error")")
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
    }

    @Test(
        arguments: [
            ("a=1", ["a=1"]), ("a=1,b.c=2", ["a=1", "b.c=2"]), ("a=[1,2],b=3", ["a=[1,2]", "b=3"]),
            ("a=1,2", ["a=1,2"]), ("a={x: 1, y=2}", ["a={x: 1, y=2}"]), ("a=x=y", ["a=x=y"]),
        ])
    func `commas separate settings, and stay within values`(text: String, settings: [String]) throws {
        #expect(try Setting.list(text).map(\.description) == settings)
    }

    @Test(arguments: ["", "a", "=1", "a=", ".=1", "a..b=1", "a=1,b=", ",a=1"])
    func `what is no setting is refused`(text: String) {
        #expect(throws: Setting.Invalid.self) { try Setting.list(text) }
    }
}
