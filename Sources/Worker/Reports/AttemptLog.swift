package import Spool
package import Tuning

/// What an attempt has reported so far, and what follows when its command ends: a state machine without process, file
/// or clock.
package struct AttemptLog: Sendable {
    /// How the command ended, as the system reports it.
    package enum CommandEnd: Hashable, Sendable {
        /// It exited with this code.
        case exited(Int)
        /// A signal with this number killed it.
        case signalled(Int)
        /// It could not be started.
        case notStarted(String)
        /// The worker killed it because it broke a limit; the sentence says which.
        case stopped(String)
    }

    /// What to do after a line.
    package enum Step: Hashable, Sendable {
        /// Send this message.
        case send(Message.Body)
        /// Send this message: the attempt has reached its target. `waits`: the command waits for the answer.
        case sendAtTarget(Message.Body, waits: Bool = false)
        /// Check that this checkpoint exists, then send it.
        case checkpoint(Resource)
        /// The command has finished its trial and waits for another.
        case next
        /// Write a line to the user's log; send nothing.
        case note(String)
    }

    /// The resource that the attempt is to reach.
    package var target: Int { to }
    private let metrics: [String]
    private var from: Int
    private var to: Int
    private var lines = 0
    private var reported: Set<Int> = []
    private var saved: Set<Int> = []
    private var firstTrouble: String?
    private var askedBy: Asker?
    private var wasKilled = false
    /// Whether the command was given another assignment after its first.
    private var hasGoneOn = false

    /// The log of an attempt that is to train from one resource to another and report these metrics.
    package init(metrics: [String], from: Resource, to: Resource) {
        self.metrics = metrics
        self.from = from.units
        self.to = to.units
    }

    /// The command wrote a line.
    package mutating func wrote(_ line: [UInt8]) -> Step {
        lines += 1
        do throws(ReportLine.Unusable) {
            switch try ReportLine(line) {
            case .checkpoint(let resource): return try took(checkpoint: resource)
            case .next: return .next
            case .report(let resource, let metrics, let nonFinite, let waits):
                return try took(resource, metrics, nonFinite, waits: waits)
            }
        } catch {
            return trouble("line \(lines) of the reports: \(error.why)")
        }
    }

    /// The command has shown metrics in its output or in a file of its own, not in the reports file.
    ///
    /// Such a program may repeat steps from before a resumption. Those are ignored.
    package mutating func showed(_ reading: ReportReader.Reading, in place: String) -> Step? {
        switch reading {
        case .nothing: return nil
        case .unusable(let why): return note("\(place): \(why)")
        case .report(let resource, let metrics, let nonFinite):
            guard !reported.contains(resource) else { return nil }
            do throws(ReportLine.Unusable) {
                return try took(resource, metrics, nonFinite, waits: false)
            } catch {
                return note("\(place): \(error.why)")
            }
        }
    }

    /// Notes only the first trouble, as the rest are usually alike.
    private mutating func note(_ what: String) -> Step? { firstTrouble == nil ? trouble(what) : nil }

    /// The same command continues with the trial's next assignment.
    package mutating func goOn(to target: Resource) { (from, to, hasGoneOn) = (to, target.units, true) }

    /// Who asked the command to leave.
    package enum Asker: Hashable, Sendable {
        /// The worker's clock: the task's time is nearly up. Only the command's main process was signalled.
        case clock
        /// The cluster: it ends the task and may have signalled all its processes.
        case cluster
    }

    /// The worker asked the command to save and leave. `killed`: the command did not leave in time, so the worker
    /// killed it.
    package mutating func askedToLeave(by asker: Asker, killed: Bool = false) {
        (askedBy, wasKilled) = (asker, killed)
    }

    /// The reports have a fault that no single line shows.
    package mutating func trouble(_ what: String) -> Step {
        if firstTrouble == nil { firstTrouble = what }
        return .note(what)
    }

    /// The command is over.
    package func ended(_ end: CommandEnd) -> Ending {
        switch end {
        case .notStarted(let why): return .notStarted(reason: why)
        // Output and reports are limited for all assignments of a command together; a new process starts counting at
        // zero.
        case .stopped where hasGoneOn && !reported.contains(to): return .signalled(number: 9)
        case .stopped(let why): return .badReport(reason: why)
        case .exited(0) where reported.contains(to): return .finished
        case .exited where isDeparture(end), .signalled where isDeparture(end): return .left
        // The cluster signalled all processes. One that died of it may have brought down the others.
        case .exited(let code) where askedBy == .cluster:
            return .crashedLeaving(reason: "exit code \(code)")
        case .signalled(let number) where askedBy == .cluster:
            return .crashedLeaving(reason: "signal \(number)")
        case .signalled(let number): return .signalled(number: number)
        case .exited(let code) where code != 0: return .exited(code: code)
        // A command need not wait for the answer, nor obey it. Its last result counts.
        case .exited where hasGoneOn: return .paused
        case .exited:
            if let firstTrouble { return .badReport(reason: firstTrouble) }
            guard let last = reported.max() else { return .noReport }
            return .badReport(
                reason: "the last report is at resource \(last), and none is at the target \(to)")
        }
    }

    /// Whether a command that was asked to leave ended accordingly: with code 0, by the signal, or with the exit code
    /// by which shells report that signal. Every other end is a crash.
    private func isDeparture(_ end: CommandEnd) -> Bool {
        guard askedBy != nil else { return false }
        switch end {
        case .exited(0), .exited(143), .signalled(15): return true
        case .exited(137), .signalled(9): return wasKilled
        case .exited(130), .signalled(2): return askedBy == .cluster
        default: return false
        }
    }

    private mutating func took(checkpoint resource: Int) throws(ReportLine.Unusable) -> Step {
        // A command that has continued in place may save at the resource where it did.
        guard resource > from || hasGoneOn && resource == from, resource <= to else {
            throw ReportLine.Unusable(
                why: "a checkpoint of resource \(resource) is not between \(from + 1) and \(to)")
        }
        guard saved.insert(resource).inserted else {
            return .note("a checkpoint of \(resource) came twice")
        }
        return .checkpoint(Resource(resource))
    }

    private mutating func took(
        _ resource: Int, _ values: [String: Double], _ nonFinite: [String: String], waits: Bool
    ) throws(ReportLine.Unusable) -> Step {
        if let missing = metrics.first(where: { values[$0] == nil && nonFinite[$0] == nil }) {
            let names = (Array(values.keys) + nonFinite.keys).sorted().joined(separator: ", ")
            throw ReportLine.Unusable(
                why: "the report at resource \(resource) has no metric '\(missing)'; it has: "
                    + (names.isEmpty ? "none" : names))
        }
        guard resource > from, resource <= to else {
            throw ReportLine.Unusable(
                why: "a report at resource \(resource) is outside of this attempt, which trains from "
                    + "\(from) to \(to)")
        }
        guard reported.insert(resource).inserted else {
            return .note("a second report at resource \(resource) is ignored: the first one counts")
        }
        let body = Message.Body.report(
            resource: Resource(resource), metrics: values, nonFinite: nonFinite)
        return resource == to ? .sendAtTarget(body, waits: waits) : .send(body)
    }
}

extension Ending {
    /// Whether the command ended as it should, at its target or where it was told to continue. Only then may its worker
    /// take other work.
    package var isClean: Bool { self == .finished || self == .paused }
}
