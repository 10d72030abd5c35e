import StudyFile
import Testing
import Tuning

@testable import Curves

/// Tables as studies see them.
@Suite struct CurveTableTests {
    static let plan = Plan(
        objective: Objective(metric: "loss", goal: .minimize),
        space: SearchSpace([
            Parameter(name: "lr", domain: .float(min: 0.001, max: 0.1, scale: .log)),
            Parameter(name: "optimizer", domain: .choice([.string("sgd"), .string("adam")])),
            Parameter(
                name: "momentum", domain: .float(min: 0, max: 1, scale: .linear),
                conditions: [Condition(parent: "optimizer", values: [.string("sgd")])]),
        ]),
        searcher: .random(seed: 1),
        scheduler: .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(3), reductionFactor: 3)),
        trials: 10, parallel: 2)

    static let header = "config,lr,optimizer,momentum,resource,loss,seconds\n"

    static func read(_ rows: String, header: String = header, plan: Plan = plan) throws -> CurveTable {
        try CurveTable.read(Array((header + rows).utf8), file: "t.csv", for: plan)
    }

    @Test func `a configuration has the values of its active parameters`() throws {
        let table = try Self.read("a,0.01,sgd,0.9,1,2.5,10\nb,0.02,adam,,1,2.0,11\n")
        #expect(
            table.configurations == [
                Configuration(["lr": .float(0.01), "optimizer": .string("sgd"), "momentum": .float(0.9)]),
                Configuration(["lr": .float(0.02), "optimizer": .string("adam")]),
            ])
        #expect(table.levels == [Resource(1)])
        #expect(table.notes.isEmpty)
    }

    @Test func `rows may come in any order, and columns that nobody asked for do not disturb`() throws {
        let table = try Self.read(
            "3,a,0.3,7,0.01,adam,,x\n1,a,0.5,5,0.01,adam,,y\n2,a,0.4,6,0.01,adam,,z\n",
            header: "resource,config,loss,seconds,lr,optimizer,momentum,remark\n")
        #expect(table.levels == [Resource(1), Resource(2), Resource(3)])
        #expect(table.curves == [CurveTable.Curve(values: [0.5, 0.4, 0.3], seconds: [5, 6, 7])])
    }

    @Test(arguments: ["inf", "-inf", "nan", "NaN", "Infinity", "", "NA", "null"])
    func `what diverged comes last`(word: String) throws {
        let table = try Self.read("a,0.01,adam,,1,\(word),1\nb,0.01,adam,,1,3,1\nc,0.01,adam,,1,2,1\n")
        #expect(table.finalLosses == [Loss(value: 2), Loss(value: 3), .worst])
    }

    @Test func `where greater is better, so it is in the order of the final values`() throws {
        var plan = Self.plan
        plan.objective.goal = .maximize
        let table = try Self.read("a,0.01,adam,,1,2,1\nb,0.01,adam,,1,3,1\n", plan: plan)
        #expect(table.finalLosses == [Loss(value: -3), Loss(value: -2)])
    }

    @Test func `a curve that ends early has diverged there, at no cost, and a note says so`() throws {
        let table = try Self.read("a,0.01,adam,,1,2,1\nb,0.01,adam,,1,3,1\nb,0.01,adam,,2,2.5,4\n")
        #expect(table.curves[0].values[1].isNaN)
        #expect(table.curves[0].seconds == [1, 0])
        #expect(table.notes.count == 1)
    }

    @Test func `configurations outside the study's parameters are left out, and a note says why`() throws {
        let table = try Self.read("a,0.5,adam,,1,2,1\nb,0.01,adam,,1,3,1\nc,0.01,lion,,1,1,1\n")
        #expect(table.configurations.count == 1)
        #expect(
            table.notes == [
                "2 of 3 configurations lie outside the study's parameters and are left out; the first one because "
                    + "'lr' is 0.5 in line 2, and the study has a number from 0.001 to 0.1"
            ])
    }

    @Test func `values are read by the parameter's domain`() throws {
        var plan = Self.plan
        plan.space = SearchSpace([
            Parameter(name: "lr", domain: .int(min: 1, max: 9, scale: .linear)),
            Parameter(
                name: "optimizer", domain: .choice([.bool(true), .int(16), .float(0.5), .string("x")])),
        ])
        for (text, value) in [
            ("True", ParameterValue.bool(true)), ("true", .bool(true)), ("16", .int(16)),
            ("16.0", .int(16)),
            ("0.50", .float(0.5)), ("x", .string("x")),
        ] {
            let table = try Self.read("a,3.0,\(text),,1,2,1\n", plan: plan)
            #expect(
                table.configurations == [Configuration(["lr": .int(3), "optimizer": value])], "\(text)")
        }
    }

    @Test(
        arguments: [
            (.float(min: 0, max: 1, scale: .linear, step: 0.1), "0.30000000000000004", .float(0.3)),
            (.int(min: 16, max: 64, scale: .log, step: 16), "32.0", .int(32)),
            (.normal(mean: 0, sd: 1, min: 0), "7", .int(7)),
            (.lognormal(mean: 0, sd: 1), "1e-9", .float(1e-9)),
            (.ordinal([.string("s"), .string("m")]), "m", .string("m")),
            (.constant(.float(2)), "2", .int(2)),
            (.constant(.bool(true)), "True", .bool(true)),
        ] as [(Domain, String, ParameterValue)])
    func `each kind of parameter reads its values, and no others`(
        domain: Domain, text: String, value: ParameterValue
    ) throws {
        var plan = Self.plan
        plan.space.parameters[0].domain = domain
        #expect(try Self.read("a,\(text),adam,,1,2,1\n", plan: plan).configurations.first?["lr"] == value)
        #expect(throws: InvalidTable.self) { try Self.read("a,-0.05,adam,,1,2,1\n", plan: plan) }
    }

    @Test func `configurations that the study forbids are left out`() throws {
        var plan = Self.plan
        plan.space.constraints = [.relation(.less, .parameter("lr"), .value(.float(0.05)))]
        let table = try Self.read("a,0.06,adam,,1,2,1\nb,0.01,adam,,1,3,1\n", plan: plan)
        #expect(
            table.notes == [
                "1 of 2 configurations lie outside the study's parameters and are left out; the first one because "
                    + "the study forbids the configuration in line 2"
            ])
    }

    @Test(
        arguments: [
            (
                "a,x,adam,,1,2,1\n",
                "t.csv:2:3: lr: 'x' is not a value of the parameter; write a number from 0.001 to 0.1"
            ),
            (
                "a,,adam,,1,2,1\n",
                "t.csv:2:3: lr: it is empty, and the parameter is active in this configuration"
            ),
            ("a,0.01,sgd,,1,2,1\n", "t.csv:2:12: momentum: it is empty"),
            (
                "a,0.01,adam,,0,2,1\n",
                "t.csv:2:14: resource: '0' is not a resource; write a whole number from 1 on"
            ),
            ("a,0.01,adam,,1.5,2,1\n", "t.csv:2:14: resource: '1.5' is not a resource"),
            ("a,0.01,adam,,1,two,1\n", "t.csv:2:16: loss: 'two' is not a number"),
            (
                "a,0.01,adam,,1,2,-1\n",
                "t.csv:2:18: seconds: '-1' is not a time; write the seconds of this step alone"
            ),
            ("a,0.01,adam,,1,2,\n", "t.csv:2:18: seconds: '' is not a time"),
            ("a,0.01,adam,,1,2,inf\n", "t.csv:2:18: seconds: 'inf' is not a time"),
            (",0.01,adam,,1,2,1\n", "t.csv:2:1: config: it is empty"),
            (
                "a,0.01,adam,,1,2,1\na,0.02,adam,,2,2,1\n",
                "t.csv:3:3: lr: it is '0.02' here, and '0.01' in line 2 of the same configuration"
            ),
            (
                "a,0.01,adam,,1,2,1\na,0.01,adam,,1,3,1\n",
                "t.csv:3:14: resource: configuration 'a' has a row at resource 1 already, in line 2"
            ),
            (
                "a,0.01,adam,,1,2,1\na,0.01,adam,,3,2,1\nb,0.01,adam,,2,2,1\n",
                "t.csv:3:14: resource: configuration 'a' has no row at resource 2, and others have one"
            ),
            ("", "t.csv:1:1: there is no row below the header"),
            (
                "a,0.5,adam,,1,2,1\n",
                "t.csv:2:1: none of the 1 configurations lies within the study's parameters"
            ),
        ])
    func `what is wrong is told with line, column and fix`(rows: String, problem: String) {
        let error = #expect(throws: InvalidTable.self) { try Self.read(rows) }
        #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "no error")")
        #expect(error?.mistakes.allSatisfy { !$0.fix.isEmpty } == true)
    }

    @Test(
        arguments: [
            (
                "config,lr,optimizer,resource,loss,seconds\n",
                "t.csv:1:1: momentum: the table has no such column, a parameter of the study"
            ),
            (
                "config,lr,optimiser,momentum,resource,loss,seconds\n",
                "t.csv:1:1: optimizer: the table has no such column, a parameter of the study; did you mean 'optimiser'?"
            ),
            (
                "config,lr,optimizer,momentum,resource,seconds\n",
                "t.csv:1:1: loss: the table has no such column, the study's metric"
            ),
            ("config;lr;resource\n", "t.csv:1:1: config: the table has no such column"),
            (
                "config,lr,lr,optimizer,momentum,resource,loss,seconds\n",
                "t.csv:1:11: lr: the column is already in column 2 of the table"
            ),
        ])
    func `a header without what the study needs is refused`(header: String, problem: String) {
        let error = #expect(throws: InvalidTable.self) { try Self.read("", header: header) }
        #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "no error")")
    }

    @Test func `many mistakes are told at once, and not all of a million`() {
        let rows = (0..<1_000).map { "\($0),0.01,adam,,1,two,1\n" }.joined()
        let error = #expect(throws: InvalidTable.self) { try Self.read(rows) }
        #expect(error?.mistakes.count == CurveLimits.mistakes)
    }

    @Test func `a ladder needs values at its rungs`() throws {
        let table = try Self.read("a,0.01,adam,,1,2,1\na,0.01,adam,,2,2,1\n")
        #expect(throws: Never.self) { try table.check(.none(maxResource: Resource(2))) }
        let error = #expect(throws: InvalidTable.self) { try table.check(Self.plan.scheduler) }
        #expect(
            error?.description
                == "t.csv:1:30: resource: the study has a rung at resource 3, and the table has none; let min_resource, "
                + "max_resource and reduction_factor lead to recorded resources: 1, 2")
    }

    @Test func `a draw proposes each configuration once and trains it along its own curve`() throws {
        let rows = (0..<20).map { "\($0),0.01,adam,,1,\($0),\($0)\n\($0),0.01,adam,,3,\($0).5,100\n" }
        let table = try Self.read(rows.joined())
        let draw = table.drawn(seed: 3)
        let first = (0..<20).map {
            draw.steps(of: TrialID($0), Configuration(), from: .none, to: Resource(3))
        }
        #expect(Set(first.map(\.[0].value)) == Set((0..<20).map(Double.init)))
        for steps in first {
            #expect(steps.map(\.resource) == [Resource(1), Resource(3)])
            #expect(steps[1].value == steps[0].value + 0.5)
            #expect(steps[0].seconds == steps[0].value)
        }
        let rest = draw.steps(of: TrialID(0), Configuration(), from: Resource(1), to: Resource(3))
        #expect(rest == [first[0][1]])
        #expect(table.drawn(seed: 4).way != draw.way)
    }

    @Test func `a searcher with a model trains what it proposes along its curve`() throws {
        let rows = (0..<9).map {
            "\($0),0.0\($0 + 1),adam,,1,\($0),1\n\($0),0.0\($0 + 1),adam,,3,\($0).5,1\n"
        }
        let table = try Self.read(rows.joined())
        let draw = table.drawn(seed: 3, by: .sobol(SobolPlan(seed: 0)))
        var searcher = draw.searcher.searcher(over: Self.plan.space)
        for number in 0..<9 {
            let proposed = searcher.propose(for: TrialID(number))
            let configuration = try #require(proposed)
            let lr = try #require(configuration["lr"]?.number)
            let steps = draw.steps(of: TrialID(number), configuration, from: .none, to: Resource(1))
            #expect(steps.map(\.value) == [(lr * 100 - 1).rounded()])
        }
        #expect(searcher.propose(for: TrialID(9)) == nil)
    }
}
