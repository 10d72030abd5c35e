import Dispatching
import Spool
import Store
import StudyFile
import Tuning

@testable import Controller

/// Messages of workers in tests.
protocol WorkerWords {}

extension WorkerWords {
    var started: Message.Body { .started(Message.Started(array: 1, host: "h", process: 1)) }

    var finished: Message.Body { .ended(.finished, stderrTail: "") }

    func report(_ value: Double, at resource: Int = 1) -> Message.Body {
        .report(resource: Resource(resource), metrics: ["loss": value], nonFinite: [:])
    }
}

extension Controller {
    /// The notice on a topic.
    func notice(_ topic: String) throws -> String? {
        try store.read { try $0.notices() }.first { $0.topic == topic }?.text
    }
}

/// A study whose tasks start, and send only what a test makes them send.
struct Scene {
    let fixture: StudyFixture
    let cluster: InstantCluster
    var controller: Controller
    var next: [Turn: Int] = [:]
    /// The time of an attempt from one message to the next.
    var secondsBetween = 1.0

    init(
        trials: Int, mode: Execution.Mode, eta: Int = 2, parallel: Int = 2, slotsPerTask: Int = 1,
        scheduler: SchedulerPlan? = nil, quota: Int? = nil, mostTasks: Int? = nil,
        limits: RequestLimits? = nil
    ) async throws {
        let asha = ASHAPlan(
            minResource: Resource(1), maxResource: Resource(eta), reductionFactor: eta)
        fixture = try StudyFixture(trials: trials, parallel: parallel, scheduler: scheduler ?? .asha(asha))
        fixture.spec.execution = Execution(mode: mode, slotsPerTask: slotsPerTask)
        fixture.spec.plan.together = slotsPerTask
        fixture.spec.plan.quota = quota
        cluster = InstantCluster(fixture.directory, mostTasks: mostTasks) { _ in .waits }
        var setup = fixture.setup
        setup.limits = limits
        controller = try await fixture.controller(cluster, setup)
        _ = try await controller.pass()
    }

    func attempt(_ index: Int, epoch: Int = 0, turn: Int = 0) -> Turn {
        Turn(token: cluster.submissions[0], index: index, epoch: epoch, turn: turn)
    }

    /// An attempt sends messages, and the controller does all that follows.
    mutating func say(_ attempt: Turn, _ bodies: Message.Body...) async throws {
        let first = next[attempt, default: 0]
        try Inbox(fixture.directory).put(
            bodies.enumerated().map {
                Message(
                    attempt: attempt, sequence: first + $0.offset,
                    time: Double(first + $0.offset) * secondsBetween, body: $0.element)
            })
        next[attempt] = first + bodies.count
        for _ in 0..<3 { _ = try await controller.pass() }
    }

    /// From now on an assignment takes 0.02 s, as all before did.
    mutating func learnsThatWorkIsShort() throws {
        secondsBetween = 0.01
        try learn((0..<1_000).map { _ in .measured(units: 1, seconds: 0.02) })
    }

    /// Teaches the dispatcher measurements, as if tasks had shown them.
    mutating func learn(_ lessons: [DispatchEvent]) throws {
        try controller.commit { pass in
            pass.lessons = lessons
            return []
        }
    }

    func answer(_ question: Directive.Question, _ attempt: Turn) throws -> Directive? {
        try Directive.standing(to: question, of: attempt, in: fixture.directory)
    }

    /// All events of the log, in order.
    func events() throws -> [Event] {
        try read { reader in
            var all: [Event] = []
            try reader.forEachFact { all.append($0) }
            return all
        }
    }

    func read<Value>(_ body: (StoreReader) throws -> Value) throws -> Value {
        try controller.store.read(body)
    }
}
