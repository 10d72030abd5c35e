import Dispatching
import Spool
import StudyFile
import Testing
import Tuning

@testable import Controller

/// What a task asks for, from what is known.
@Suite struct RequestRuleTests {
    private func rule(_ change: (inout StudySpec) -> Void) throws -> RequestRule {
        let plan = Plan(
            objective: Objective(metric: "loss", goal: .minimize), space: SearchSpace([]),
            searcher: .random(seed: 0), scheduler: .none(maxResource: Resource(1)), trials: 1, parallel: 1)
        var spec = try StudySpec.forTests(name: "s", plan: plan)
        change(&spec)
        return RequestRule(spec)
    }

    private func work(
        units: Int = 1, stays: Bool = false, before: TaskRequest? = nil, lacked: RequestRule.Lack? = nil
    ) -> RequestRule.Case {
        RequestRule.Case(
            configuration: Configuration(), trial: TrialID(0), rung: 0, units: units, taskStays: stays,
            before: before, lacked: lacked)
    }

    /// Needs where the trial has taken so many seconds for a unit, and so many bytes.
    private func needs(seconds: Double? = nil, bytes: Double? = nil) -> TaskNeeds {
        var needs = TaskNeeds()
        if let seconds { needs.learn(TrialID(0), rung: 0, units: 1, seconds: seconds) }
        if let bytes { needs.learn(TrialID(0), bytes: bytes) }
        return needs
    }

    @Test func `a study that says everything has plain requests`() throws {
        let rule = try rule { $0.batch.timeMinutes = 5 }
        #expect(rule.arePlain && !rule.learns)
        #expect(rule.request(for: work(), needs(seconds: 100)) == .plain)
    }

    /// The seconds of a unit, or nil; what else is known; the minutes.
    static let times: [(seconds: Double?, units: Int, stays: Bool, minutes: Int)] = [
        (nil, 1, false, 60), (nil, 1, true, 60),
        // 1.5 × 60 s, a minute for the start, 30 s to leave: exactly 3 minutes.
        (60, 1, false, 3),
        // 1.5 × 600 s, a minute, and a tenth of the limit to leave: 18 minutes, and 20 is the next step.
        (600, 1, false, 20), (60, 10, false, 20),
        // 1.5 × 7,200 s, a minute, and 5 minutes to leave: 186, and 192 is the next step.
        (7_200, 1, false, 192),
        // A task that takes other work too is not asked for one alone.
        (60, 1, true, 60), (7_200, 1, true, 192),
        // Never more than the most.
        (1e6, 1, false, 1_440), (1e300, 1, false, 1_440),
    ]

    @Test(arguments: times)
    func `time is asked for by what is known, with a margin, in few steps`(
        seconds: Double?, units: Int, stays: Bool, minutes: Int
    ) throws {
        let rule = try rule { $0.batch.automatic.time = AutomaticOptions.Time() }
        let request = rule.request(for: work(units: units, stays: stays), needs(seconds: seconds))
        #expect(request == TaskRequest(minutes: minutes))
        // The command has its time: what is left of the limit when it is told to leave.
        if let seconds, minutes < 1_440 {
            let left = minutes * 60 - LeaveTime.seconds(asked: nil, limit: minutes * 60)
            #expect(Double(left) >= seconds * Double(units) * 1.5 + 60)
        }
    }

    @Test func `work whose time ran out asks for twice the time, up to the most`() throws {
        let rule = try rule {
            $0.batch.automatic.time = AutomaticOptions.Time(firstMinutes: 10, mostMinutes: 50)
        }
        var request = rule.request(for: work(), needs())
        #expect(request.minutes == 10)
        for minutes in [20, 40, 50] {
            #expect(rule.mayHaveMore(.time, than: request))
            request = rule.request(for: work(before: request, lacked: .time), needs(seconds: 1))
            #expect(request.minutes == minutes)
        }
        #expect(!rule.mayHaveMore(.time, than: request) && !rule.mayHaveMore(.memory, than: request))
        // After another failure time is asked for as at first; after a lack of memory, as much as before.
        #expect(rule.request(for: work(before: request), needs(seconds: 1)).minutes == 2)
        let again = rule.request(for: work(before: request, lacked: .memory), needs(seconds: 1))
        #expect(again.minutes == 50)
    }

    @Test
    func `memory is asked for by what was used, for all trials of a task, and twice as much after a lack`()
        throws
    {
        func rule(slots: Int) throws -> RequestRule {
            try self.rule {
                $0.batch.automatic.memory = AutomaticOptions.Memory()
                $0.execution.slotsPerTask = slots
            }
        }
        let gigabyte = 1_073_741_824.0
        #expect(try rule(slots: 1).request(for: work(), needs()) == TaskRequest(mebibytes: 8_192))
        let used = needs(bytes: 2 * gigabyte)
        let request = try rule(slots: 1).request(for: work(), used)
        #expect(request == TaskRequest(mebibytes: 3_072))
        #expect(try rule(slots: 4).request(for: work(), used) == TaskRequest(mebibytes: 12_288))
        let again = try rule(slots: 1).request(for: work(before: request, lacked: .memory), used)
        #expect(again == TaskRequest(mebibytes: 6_144))
        #expect(try rule(slots: 1).request(for: work(), needs(bytes: 1)) == TaskRequest(mebibytes: 256))
        let most = try rule(slots: 1).request(for: work(), needs(bytes: 1e30))
        #expect(most == TaskRequest(mebibytes: 65_536))
        #expect(try !rule(slots: 1).mayHaveMore(.memory, than: most))
        // Memory that sufficed once is not taken back when the same work is begun again.
        let kept = try rule(slots: 1).request(for: work(before: again), used)
        #expect(kept == again)
    }

    @Test func `a command goes on in its task only where the time that is left is likely to do`() throws {
        let rule = try rule { $0.batch.automatic.time = AutomaticOptions.Time() }
        let known = needs(seconds: 100)
        #expect(rule.suffices(secondsLeft: 301, for: work(units: 2), known))
        #expect(!rule.suffices(secondsLeft: 300, for: work(units: 2), known))
        #expect(rule.suffices(secondsLeft: nil, for: work(units: 2), known))
        #expect(rule.suffices(secondsLeft: 1, for: work(units: 2), needs()))
        #expect(try self.rule { _ in }.suffices(secondsLeft: 1, for: work(units: 2), known))
    }

    @Test func `options that depend are told apart by their texts`() throws {
        let rule = try rule { spec in
            spec.batch.choices.values["mem"] = .text("{size}")
            spec.batch.choices.values["qos"] = .rungs(0...0, then: .text("low"), else: .nothing)
        }
        func options(_ size: String, _ rung: Int) -> UInt64 {
            let work = RequestRule.Case(
                configuration: Configuration(["size": .string(size)]), trial: TrialID(0), rung: rung,
                units: 1)
            return rule.request(for: work, TaskNeeds()).options
        }
        #expect(options("1G", 0) == options("1G", 0) && options("1G", 1) == options("1G", 2))
        #expect(Set([options("1G", 0), options("2G", 0), options("1G", 1)]).count == 3)
    }
}
