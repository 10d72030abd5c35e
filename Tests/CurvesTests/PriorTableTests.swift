import StudyFile
import Testing
import Tuning

@testable import Curves

/// Tables of prior results, as studies see them.
@Suite struct PriorTableTests {
    static let plan = CurveTableTests.plan

    static func read(_ text: String, plan: Plan = plan) throws -> PriorFindings {
        try PriorTable.read(Array(text.utf8), file: "t.csv", for: plan)
    }

    private func lr(_ found: PriorFindings) -> [Double?] {
        found.results.trials.map { $0.configuration["lr"]?.number }
    }

    @Test func `a row is a trial after its whole training`() throws {
        let found = try Self.read("note,loss,lr,optimizer,momentum\na,0.5,0.01,sgd,0.9\nb,nan,0.02,adam,\n")
        #expect(found.count == 2 && found.leftOut.isEmpty && found.notes.isEmpty)
        #expect(
            found.results
                == PriorResults(
                    source: "t.csv",
                    trials: [
                        PriorTrial(
                            configuration: Configuration([
                                "lr": .float(0.01), "optimizer": .string("sgd"), "momentum": .float(0.9),
                            ]), results: [PriorResult(resource: nil, metrics: ["loss": 0.5])]),
                        PriorTrial(
                            configuration: Configuration([
                                "lr": .float(0.02), "optimizer": .string("adam"),
                            ]),
                            results: [PriorResult(resource: nil, metrics: [:], nonFinite: ["loss": "nan"])]),
                    ]))
    }

    @Test func `what has no place is counted and named, by reason`() throws {
        let found = try Self.read(
            """
            loss,lr,optimizer,momentum,resource
            1,0.5,adam,,3
            1,0.01,lion,,3
            1,x,adam,,3
            1,0.01,sgd,,3
            ,0.01,adam,,3
            bad,0.01,adam,,3
            1,0.01,adam,,1.5
            1,7,adam,,3
            1,0.02,adam,,3

            """)
        #expect(lr(found) == [0.02] && found.count == 9)
        #expect(
            found.leftOut == [
                .init(
                    reason: "'lr' is not a number from 0.001 to 0.1",
                    rows: ["line 2: 0.5", "line 4: x", "line 9: 7.0"]),
                .init(reason: "'optimizer' is not one of sgd, adam", rows: ["line 3: lion"]),
                .init(
                    reason: "'momentum' has no value there, and no 'prior: {default: …}' in the study file",
                    rows: ["line 5"]),
                .init(reason: "there is no number for 'loss'", rows: ["line 6", "line 7: bad"]),
                .init(reason: "'resource' is not a whole number from 1 on", rows: ["line 8: 1.5"]),
            ])
        #expect(
            found.words.first == "prior results: 1 of 9 from 't.csv'"
                && found.words[1]
                    == "left out of 't.csv': 3, because 'lr' is not a number from 0.001 to 0.1: line 2: 0.5, line 4: x, "
                    + "line 9: 7.0"
        )
    }

    @Test func `a parameter without a column has its default or its constant`() throws {
        var plan = Self.plan
        plan.space.parameters[2].prior = Prior(value: .float(0.5))
        plan.space.parameters.append(Parameter(name: "data", domain: .constant(.string("b"))))
        let found = try Self.read("loss,lr,optimizer\n1,0.01,sgd\n", plan: plan)
        #expect(
            found.results.trials.first?.configuration
                == Configuration([
                    "lr": .float(0.01), "optimizer": .string("sgd"), "momentum": .float(0.5),
                    "data": .string("b"),
                ]))
    }

    @Test func `a combination that the study forbids has no place`() throws {
        var plan = Self.plan
        plan.space.constraints = [.relation(.less, .parameter("lr"), .value(.float(0.05)))]
        let found = try Self.read("loss,lr,optimizer\n1,0.01,adam\n1,0.09,adam\n", plan: plan)
        #expect(lr(found) == [0.01])
        #expect(found.leftOut.map(\.rows) == [["line 3"]])
    }

    @Test func `rows of one configuration at several resources are one trial, with a result for each rung`()
        throws
    {
        // The rungs are at 1 and 3.
        let rows = [1, 2, 3, 4].map { "\(Double($0) / 8),0.01,adam,\($0)\n" }.joined()
        let found = try Self.read("loss,lr,optimizer,resource\n\(rows)0.75,0.01,adam,4\n")
        #expect(
            found.results.trials.map(\.results) == [
                [
                    PriorResult(resource: Resource(1), metrics: ["loss": 0.125]),
                    PriorResult(resource: Resource(3), metrics: ["loss": 0.375]),
                ], [PriorResult(resource: Resource(4), metrics: ["loss": 0.75])],
            ])
    }

    @Test func `what was trained for less than the lowest rung has no place`() throws {
        var plan = Self.plan
        plan.scheduler = .asha(
            ASHAPlan(minResource: Resource(3), maxResource: Resource(9), reductionFactor: 3))
        let found = try Self.read("loss,lr,optimizer,resource\n1,0.01,adam,2\n1,0.02,adam,3\n", plan: plan)
        #expect(lr(found) == [0.02])
        #expect(found.leftOut.first?.reason == "it was trained for less than 3, the lowest rung")
    }

    @Test func `a table of stune has prefixes where names occur twice`() throws {
        var plan = Self.plan
        plan.space.parameters[0].name = "loss"
        plan.space.parameters[1].name = "resource"
        plan.space.parameters[2].conditions[0].parent = "resource"
        let found = try Self.read(
            "trial,state,rung,resource,loss,params.loss,params.resource,momentum\n"
                + "0,diverged,0,3,,0.01,adam,\n1,running,0,,,0.01,adam,\n2,paused,0,1,0.5,0.02,sgd,0.5\n",
            plan: plan)
        #expect(
            found.results.trials.map(\.configuration) == [
                Configuration(["loss": .float(0.01), "resource": .string("adam")]),
                Configuration([
                    "loss": .float(0.02), "resource": .string("sgd"), "momentum": .float(0.5),
                ]),
            ])
        #expect(
            found.results.trials.map(\.results) == [
                [PriorResult(resource: Resource(3), metrics: [:], nonFinite: ["loss": "nan"])],
                [PriorResult(resource: Resource(1), metrics: ["loss": 0.5])],
            ])
        #expect(found.leftOut.map(\.rows) == [["line 3"]])
    }

    @Test func `a table of Optuna is read, without its pruned trials`() throws {
        let found = try Self.read(
            "number,value,params_lr,params_optimizer,params_momentum,state\n"
                + "0,0.5,0.01,adam,,COMPLETE\n1,0.4,0.02,adam,,PRUNED\n2,,0.02,adam,,FAIL\n")
        #expect(lr(found) == [0.01])
        #expect(found.leftOut.map(\.rows) == [["line 3"], ["line 4"]])
        #expect(found.notes == ["'t.csv' is a table of Optuna: its column 'value' counts as 'loss'"])
    }

    @Test(arguments: [
        (
            "lr,optimizer,los\n0.01,adam,1\n",
            "t.csv:1:1: loss: the table has no such column, the study's metric; name its column 'loss'; did you mean "
                + "'los'?"
        ),
        (
            "lr;optimizer;loss\n0.01;adam;1\n",
            "t.csv:1:1: loss: the table has no such column, the study's metric; separate the columns by commas, not by "
                + "semicolons"
        ),
        (
            "lr,loss\n0.01\n",
            "t.csv:2:1: the row has 1 cells, and the header names 2 columns; write a comma for each column, also for an "
                + "empty cell"
        ),
    ])
    func `a table without the metric, or that is none, is an error that names the column`(
        text: String, words: String
    ) throws {
        let error = #expect(throws: InvalidTable.self) { try Self.read(text) }
        #expect(error?.description == words)
    }

    @Test func `each metric of a study with several has a column`() throws {
        var plan = Self.plan
        plan.others = [Objective(metric: "size", goal: .minimize)]
        let found = try Self.read("loss,size,lr,optimizer\n1,2,0.01,adam\n", plan: plan)
        #expect(found.results.trials.first?.results.first?.metrics == ["loss": 1, "size": 2])
        let error = #expect(throws: InvalidTable.self) {
            try Self.read("loss,lr,optimizer\n1,0.01,adam\n", plan: plan)
        }
        #expect(error?.mistakes.map(\.field) == ["size"])
    }
}
