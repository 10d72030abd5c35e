/// The cluster's own id of an array: Slurm's array job id.
package struct ArrayID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The number; never 0.
    package let number: UInt32

    /// An array's id from its number.
    package init(_ number: UInt32) { self.number = number }

    /// The bare number.
    package var description: String { String(number) }

    /// Orders by number.
    package static func < (left: ArrayID, right: ArrayID) -> Bool { left.number < right.number }
}

/// One task of an array.
package struct TaskID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The array.
    package let array: ArrayID
    /// The index in the array, 0 or greater.
    package let index: Int

    /// A task's id from its parts.
    package init(array: ArrayID, index: Int) {
        self.array = array
        self.index = index
    }

    /// In Slurm's form: `4821_17`.
    package var description: String { "\(array)_\(index)" }

    /// Orders by array, then by index.
    package static func < (left: TaskID, right: TaskID) -> Bool {
        (left.array, left.index) < (right.array, right.index)
    }
}
