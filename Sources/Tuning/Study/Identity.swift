/// A whole number with a meaning of its own. The log, the spool and users write it as a bare number.
public protocol BareNumber: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The number, 0 or greater.
    var number: Int { get }

    /// The value of a number.
    init(_ number: Int)
}

extension BareNumber {
    /// Reads a bare number.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Int.self))
    }

    /// Writes a bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    /// The bare number.
    public var description: String { String(number) }

    /// Orders by number.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The number of a trial within its study: 0, 1, 2, … in the order in which trials were sampled.
///
/// Ties between trials are decided by it, never by the order of arrival. To searchers, and only to them, −1, −2, −3, …
/// are the prior trials (`PriorResults`).
public struct TrialID: BareNumber {
    /// The number, 0 or greater; below 0 for a prior trial.
    public let number: Int

    /// A trial's identity from its number.
    public init(_ number: Int) { self.number = number }
}

/// The number of an assignment within its study: 0, 1, 2, … in the order of the decisions.
public struct AssignmentID: BareNumber {
    /// The number, 0 or greater.
    public let number: Int

    /// An assignment's identity from its number.
    public init(_ number: Int) { self.number = number }
}

/// One execution of an assignment. Each start of the same task by the cluster has its own epoch.
public struct AttemptID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The assignment.
    public let assignment: AssignmentID
    /// How often the cluster had restarted the task before: 0 for the first start.
    public let epoch: Int

    /// An attempt's identity from its parts.
    public init(assignment: AssignmentID, epoch: Int) {
        self.assignment = assignment
        self.epoch = epoch
    }

    /// `17.0`: assignment 17, first start.
    public var description: String { "\(assignment).\(epoch)" }

    /// Orders by assignment, then by epoch.
    public static func < (left: AttemptID, right: AttemptID) -> Bool {
        (left.assignment, left.epoch) < (right.assignment, right.epoch)
    }
}

/// What a trial consumes, counted by the training code in whole units such as epochs or steps.
public struct Resource: BareNumber {
    /// The count, 0 or greater; 0 is an untrained model.
    public let units: Int

    /// An amount of resource.
    public init(_ units: Int) { self.units = units }

    /// The count.
    public var number: Int { units }

    /// Nothing trained yet.
    public static let none = Resource(0)
}
