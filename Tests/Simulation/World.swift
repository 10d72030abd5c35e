import Simulated
import Spool
import Tuning

/// What all parts of a simulation share: the clock, the dice, the counts, and the trace.
final class World: @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    let time = VirtualTime()
    private(set) var scenario: Scenario
    /// Whether the disk is full.
    var isDiskFull = false
    let mutation: Mutation?
    let ledger = Ledger()
    private(set) var counts: [Fault: Int] = [:]
    private(set) var trace: [String] = []
    private let isTracing: Bool
    private var dice: Tuning.Random
    private var hostCount = 0

    init(_ scenario: Scenario, mutation: Mutation?, isTracing: Bool) {
        self.scenario = scenario
        self.mutation = mutation
        self.isTracing = isTracing
        dice = Tuning.Random(seed: scenario.seed, stream: 1)
    }

    /// Whether a fault occurs now; if so, it is counted.
    func strikes(_ fault: Fault, factor: Double = 1) -> Bool {
        guard let rate = scenario.rates[fault], dice.unit() < rate * factor else { return false }
        count(fault)
        return true
    }

    /// Counts a fault that was injected.
    func count(_ fault: Fault) {
        counts[fault, default: 0] += 1
        note("FAULT \(fault.rawValue)")
    }

    /// No further faults occur from now on.
    func calm() { scenario = scenario.calm }

    /// Writes a line into the trace.
    func note(_ text: @autoclosure () -> String) {
        if isTracing { trace.append("\(time.now.seconds.formattedTenths) \(text())") }
    }

    /// A real number within the range.
    func between(_ low: Double, _ high: Double) -> Double { low + dice.unit() * (high - low) }

    /// A duration of that many seconds.
    func seconds(_ low: Double, _ high: Double) -> Duration {
        .milliseconds(Int(between(low, high) * 1_000))
    }

    /// 64 random bits.
    func bits() -> UInt64 { dice.bits() }

    /// A whole number below the bound.
    func below(_ bound: Int) -> Int { Int(dice.below(UInt64(bound))) }

    /// A new process on some node.
    func newProcess(_ kind: String) -> SimulatedProcess {
        hostCount += 1
        // Controllers record the time of their events, which the checkers compare with what truly happened.
        let isExact = kind == "controller" || scenario.rates[.clockSkew] == nil
        let skew = isExact ? 0 : between(-300, 300)
        if skew != 0 { counts[.clockSkew, default: 0] += 1 }
        return SimulatedProcess(
            name: "\(kind)\(hostCount)", number: Int32(hostCount), skew: skew, world: self)
    }
}

/// A process on a node. It can be killed, which each of its operations notices.
final class SimulatedProcess: @unchecked Sendable {
    let name: String
    let number: Int32
    let time: NodeTime
    /// When it was started.
    let born: Duration
    /// Whether it was asked to save and leave.
    var isToLeave = false
    /// Whether the cluster asked, by a signal to all processes of the task.
    var isEnded = false
    /// Whether it is dead.
    private(set) var isDead = false
    /// Called before each of its operations, where a controller may crash.
    var beforeStep: (() -> Void)?

    init(name: String, number: Int32, skew: Double, world: World) {
        self.name = name
        self.number = number
        time = NodeTime(time: world.time, skew: skew)
        born = world.time.now
    }

    func kill() { isDead = true }

    /// Runs what may happen before an operation.
    func step() {
        if !isDead { beforeStep?() }
    }
}

/// The clocks of one node: the monotonic one is shared, the wall clock is off by minutes.
struct NodeTime: TimeSource {
    let time: VirtualTime
    let skew: Double

    var now: Duration { time.now }
    var wallTime: Double { time.wallTime + skew }
    func sleep(for duration: Duration) async { await time.sleep(for: duration) }
}

extension Double {
    /// With one digit after the point, right-aligned.
    var formattedTenths: String {
        let tenths = Int((self * 10).rounded())
        let text = "\(tenths / 10).\(tenths % 10)"
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}
