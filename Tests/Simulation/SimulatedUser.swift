import Simulated
import Spool
import Store
import StudyFile
import Tuning

/// The user of a simulated study, who changes and mends it at moments that chance draws.
extension Simulation {
    /// A parameter that a study does not begin with.
    private static let extra = Parameter(
        name: "extra", domain: .choice([.int(0), .int(1), .int(2)]), before: .int(0))

    /// Something may be asked for now.
    func meddle() {
        // Whoever asks for more trials faster than the study trains them never sees its end.
        guard asked < 40 else { return }
        let scenario = world.scenario
        if world.strikes(.userExtends) {
            trialsAsked += 1 + world.below(4)
            let trials = scenario.plan.trials + trialsAsked
            change(["trials"]) { $0.plan.trials = trials }
        }
        if world.strikes(.userWidens) {
            let parallel = 1 + world.below(8)
            change(["parallel"]) { $0.plan.parallel = parallel }
        }
        if world.strikes(.userAllowsRetries) {
            let retries = world.below(4)
            change(["max_retries"]) { $0.plan.maxRetries = retries }
        }
        if world.strikes(.userPauses) {
            ask(.wish(.paused))
            world.time.after(world.seconds(1, 90)) { [self] in ask(.wish(.resumed)) }
        }
        if world.strikes(.userCancelsTrial) {
            let trials = world.ledger.current.values.sorted()
            if !trials.isEmpty { ask(.wish(.dropped([trials[world.below(trials.count)]]))) }
        }
        if world.strikes(.userTriesAgain) {
            let trials = world.ledger.strikes.keys.sorted()
            if !trials.isEmpty { ask(.wish(.retried([trials[world.below(trials.count)]]))) }
        }
        if world.strikes(.userAdds) {
            let value = Double(world.below(1_000)) / 1_000
            ask(.wish(.added(Configuration(["lr": .float(value)]))))
        }
        if world.strikes(.userCleans) { ask(.wish(.cleaned(keep: world.below(3)))) }
        meddleWithPlan()
    }

    /// Another ladder, searcher or number of checkpoints may be asked for now, or that the study comes to its end.
    private func meddleWithPlan() {
        if world.strikes(.userFinishes) { ask(.wish(.finished(top: 1 + world.below(3)))) }
        if world.strikes(.userRaises), let higher = schedulerAsked.higher {
            schedulerAsked = higher
            change(["scheduler"]) { $0.plan.scheduler = higher }
        }
        if world.strikes(.userReplacesSearcher) {
            let seed = UInt64(world.below(1_000))
            let searcher: SearcherPlan =
                switch world.below(4) {
                case 0: .random(seed: seed)
                case 1: .sobol(SobolPlan(seed: seed, scramble: true))
                case 2: .tpe(TPEPlan(seed: seed, startupTrials: 2))
                default: .evolution(EvolutionPlan(seed: seed, population: 3, sample: 2))
                }
            change(["searcher"]) { $0.plan.searcher = searcher }
        }
        if world.strikes(.userReshapes) {
            let (low, high) = (Double(world.below(20)) / 100, 0.5 + Double(world.below(150)) / 100)
            let (adds, removes) = (world.below(3) == 0, world.below(3) == 0)
            change(["parameters"]) { spec in
                spec.plan.space.parameters[0].domain = .float(min: low, max: high, scale: .linear)
                let index = spec.plan.space.parameters.firstIndex { $0.name == Simulation.extra.name }
                if let index, removes {
                    spec.plan.space.parameters.remove(at: index)
                } else if index == nil, adds {
                    spec.plan.space.parameters.append(Simulation.extra)
                }
            }
        }
        if world.strikes(.userKeepsOthers) {
            let count = world.below(5)
            change(["checkpoints.keep"]) { $0.plan.keep = count == 0 ? nil : count }
        }
    }

    private func change(_ paths: [String], _ body: (inout StudySpec) -> Void) {
        do {
            var changed = try self.spec()
            body(&changed)
            ask(.change(Request.FileChange(paths: paths, spec: try StoreJSON.text(changed))))
        } catch {
            world.ledger.check(false, "the changed study has no JSON form: \(error)")
        }
    }

    private func ask(_ kind: Request.Kind) {
        asked += 1
        put(Request(id: "u\(asked)", kind), as: asked)
        if world.mutation == .requestsNotNumbered { put(Request(id: "u\(asked)again", kind), as: asked) }
    }

    private func put(_ request: Request, as number: Int) {
        world.note("the user asks: \(request)")
        if !request.id.hasSuffix("again") { world.ledger.asked[request.id] = request.kind }
        if world.mutation == .requestsLost, number.isMultiple(of: 3) { return }
        let name = "request.\(1_000_000 + number).\(request.id)"
        server.add(
            "\(Scenario.directory)/spool/inbox/0/new/\(name)", kind: .file,
            bytes: SpoolJSON.encode(request) + [UInt8(ascii: "\n")], by: "", visibleAt: .zero)
    }
}

extension Promises {
    /// What users have asked for is answered; what was granted is in the log once, and nothing that was refused, and
    /// nothing that nobody asked for.
    func checkWishes(_ wishes: [Wish]) {
        var granted: [String: Int] = [:]
        for wish in wishes where !wish.id.isEmpty {
            granted[wish.id, default: 0] += 1
            guard let asked = world.ledger.asked[wish.id] else {
                world.ledger.check(false, "the log has the wish \(wish.id), which nobody has")
                continue
            }
            world.ledger.check(Promises.isSame(asked, wish.kind), "\(asked) was granted as \(wish.kind)")
        }
        for (id, kind) in world.ledger.asked.sorted(by: { $0.key < $1.key }) {
            let path = StudyDirectory(Scenario.directory).answer(to: id)
            let answer = simulation.server.entry(path).flatMap { simulation.server.inodes[$0.inode] }
                .flatMap { try? SpoolJSON.decode(Request.Answer.self, from: $0.bytes) }
            guard let answer else {
                // Few answers are kept that nobody takes.
                let areKept = world.ledger.asked.count <= SpoolLimits.answers
                world.ledger.check(!areKept, "\(id) (\(kind)) was never answered")
                continue
            }
            let isEmpty = answer.lines == ["nothing changes"]
            world.ledger.check(
                (granted[id] ?? 0) == (answer.granted && !isEmpty ? 1 : 0),
                "\(id) (\(kind)) was answered with \(answer), and is in the log \(granted[id] ?? 0) times")
        }
    }

    private static func isSame(_ asked: Request.Kind, _ granted: Wish.Kind) -> Bool {
        switch (asked, granted) {
        case (.wish(let wish), _): return wish == granted
        case (.change(let change), .changed(let recorded)):
            guard let spec: StudySpec = try? StoreJSON.value(from: change.spec) else { return false }
            switch change.paths {
            case ["trials"]: return recorded.trials == spec.plan.trials
            case ["parallel"]: return recorded.parallel == spec.plan.parallel
            case ["max_retries"]: return recorded.maxRetries == spec.plan.maxRetries
            case ["scheduler"]: return recorded.scheduler == spec.plan.scheduler
            case ["parameters"]: return recorded.space?.parameters == spec.plan.space.parameters
            case ["searcher"]: return recorded.searcher == spec.plan.searcher
            case ["checkpoints.keep"]: return recorded.checkpoints?.keep == spec.plan.keep
            default: return false
            }
        case (.change, _): return false
        }
    }
}

extension SchedulerPlan {
    /// The same with the next higher ladder that has all rungs of this one; `nil` if there is none.
    fileprivate var higher: SchedulerPlan? {
        guard case .asha(let plan) = self else { return nil }
        return (1...27).lazy.map { more in
            var grown = plan
            grown.maxResource = Resource(plan.maxResource.units + more)
            return grown
        }.first { $0.rungs.count > plan.rungs.count && $0.rungs.starts(with: plan.rungs) }
            .map { .asha($0) }
    }
}
