/// The number of a trial within its study: 0, 1, 2, … in the order in which trials were sampled.
///
/// Ties between trials break by it, never by the order of arrival.
public struct TrialID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The number, 0 or greater.
    public let number: Int

    /// A trial's identity from its number.
    public init(_ number: Int) { self.number = number }

    /// Reads a bare number, as the log and the spool hold it.
    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Writes a bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    /// The bare number, as users type it.
    public var description: String { String(number) }

    /// Orders by number.
    public static func < (left: TrialID, right: TrialID) -> Bool { left.number < right.number }
}

/// The number of an assignment within its study: 0, 1, 2, … in the order of the decisions.
public struct AssignmentID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The number, 0 or greater.
    public let number: Int

    /// An assignment's identity from its number.
    public init(_ number: Int) { self.number = number }

    /// Reads a bare number, as the log and the spool hold it.
    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Writes a bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    /// The bare number.
    public var description: String { String(number) }

    /// Orders by number.
    public static func < (left: AssignmentID, right: AssignmentID) -> Bool {
        left.number < right.number
    }
}

/// One execution of an assignment. Each start of the same task by the cluster has an epoch of its own.
public struct AttemptID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The assignment that is executed.
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

/// What a trial consumes, counted by the training code in whole units: epochs, steps.
public struct Resource: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The count, 0 or greater; 0 is an untrained model.
    public let units: Int

    /// An amount of resource.
    public init(_ units: Int) { self.units = units }

    /// Nothing trained yet.
    public static let none = Resource(0)

    /// Reads a bare number, as the log and the spool hold it.
    public init(from decoder: any Decoder) throws {
        units = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Writes a bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(units)
    }

    /// The bare count.
    public var description: String { String(units) }

    /// Orders by amount.
    public static func < (left: Resource, right: Resource) -> Bool { left.units < right.units }
}
