import Tuning

extension Scenario {
    /// What others have found in the space of a plan, before the study began. The draws are a stream of their own.
    static func priors(_ plan: Plan, _ seed: UInt64) -> [PriorResults] {
        var dice = Random(seed: seed, stream: 8)
        guard dice.unit() < 1 / 3.0 else { return [] }
        let sampler = SpaceSampler(plan.space)
        let trials = (0...dice.below(6)).compactMap { _ in
            sampler.draw(&dice).map { configuration in
                let results = (0...dice.below(2)).map { number in
                    PriorResult(
                        resource: dice.unit() < 0.2 ? nil : Resource(1 + Int(number * 5 + dice.below(5))),
                        metrics: ["loss": dice.unit(), "gain": dice.unit()])
                }
                return PriorTrial(configuration: configuration, results: results)
            }
        }
        return [PriorResults(source: "others", trials: trials)]
    }
}

extension Plan {
    /// Gives the space parameters of other kinds, conditions, constraints and points, some of each.
    mutating func grow(_ dice: inout Random) {
        let kinds = Plan.kinds.filter { _ in dice.unit() < 0.5 }
        space.parameters += kinds.map { Parameter(name: $0.name, domain: $0.domain) }
        for index in space.parameters.indices.dropFirst() {
            space.parameters[index].prior = prior(space.parameters[index].domain, &dice)
        }
        if dice.unit() < 0.5 { addChildren(&dice) }
        if dice.unit() < 0.5 {
            space.constraints.append(.relation(.less, .parameter("lr"), .value(.float(0.25 + dice.unit()))))
        }
        if let last = space.parameters.last, let cells = last.domain.cells, cells > 1, dice.unit() < 0.5 {
            let value = last.domain.value(at: dice.unit())
            space.constraints.append(.forbidden([Condition(parent: last.name, values: [value])]))
        }
        for _ in 0..<dice.below(4) { points.append(point(&dice)) }
    }

    private static let kinds: [(name: String, domain: Domain)] = [
        ("dropout", .float(min: 0, max: 0.5, scale: .linear, step: 0.1)),
        ("decay", .float(min: 1e-6, max: 1e-2, scale: .log)),
        ("momentum", .float(min: 0.5, max: 0.999, scale: .logit)),
        ("beta", .float(min: 0.9, max: 1, scale: .reverseLog)),
        ("batch", .int(min: 16, max: 256, scale: .log, step: 16)),
        ("warmup", .int(min: 1, max: 100, scale: .reverseLog)),
        ("init", .normal(mean: 0, sd: 0.1)),
        ("clip", .lognormal(mean: 0, sd: 1, min: 0.1, max: 10)),
        ("size", .ordinal([.string("s"), .string("m"), .string("l")])),
        ("version", .constant(.int(3))),
    ]

    private func prior(_ domain: Domain, _ dice: inout Random) -> Prior? {
        guard dice.unit() < 0.3 else { return nil }
        return Prior(value: domain.value(at: dice.unit()), width: 0.01 + dice.unit())
    }

    /// A parent, its child, and the child's child.
    private mutating func addChildren(_ dice: inout Random) {
        let steps: [(String, String, [ParameterValue])] = [
            ("optimizer", "sgd", [.bool(true), .bool(false)]),
            ("sgd", "nesterov", [.int(1), .int(2), .int(3)]),
        ]
        space.parameters.append(
            Parameter(name: "optimizer", domain: .choice([.string("sgd"), .string("adam")])))
        var values: [ParameterValue] = [.string("sgd"), .string("adam")]
        for (parent, child, its) in steps {
            let some = Array(values.prefix(1 + Int(dice.below(UInt64(values.count)))))
            space.parameters.append(
                Parameter(
                    name: child, domain: .ordinal(its),
                    conditions: [Condition(parent: parent, values: some)]))
            values = its
        }
    }

    /// Values for some of the parameters.
    private func point(_ dice: inout Random) -> Configuration {
        var point = Configuration()
        for parameter in space.parameters where dice.unit() < 0.4 {
            point.values[parameter.name] = parameter.domain.value(at: dice.unit())
        }
        return point
    }
}
