/// What a task asks of the cluster, as far as it differs between the tasks of one study.
///
/// Tasks of equal requests share an array. A worker that stays gets only work that its task's request serves.
package struct TaskRequest: Hashable, Sendable {
    /// A sum over the texts of those options that depend on parameters or rungs; 0: none does.
    package var options: UInt64
    /// The time limit in minutes, where stune chooses it; 0: the options say it.
    package var minutes: Int
    /// The memory of each node in MiB, where stune chooses it; 0: the options say it.
    package var mebibytes: Int

    /// A request from its parts.
    package init(options: UInt64 = 0, minutes: Int = 0, mebibytes: Int = 0) {
        self.options = options
        self.minutes = minutes
        self.mebibytes = mebibytes
    }

    /// The request of a study whose tasks all ask for the same.
    package static let plain = TaskRequest()

    /// Whether all tasks of the study ask for the same.
    package var isPlain: Bool { self == .plain }

    /// Whether a task with this request may do work with that one. How much time the task has left is another question.
    package func serves(_ work: TaskRequest) -> Bool {
        options == work.options && mebibytes >= work.mebibytes
    }

    /// What work has when it is given to a worker: the memory of the worker's task, and the longer time of both.
    func given(to worker: TaskRequest) -> TaskRequest {
        TaskRequest(
            options: options, minutes: max(minutes, worker.minutes), mebibytes: worker.mebibytes)
    }
}

extension TaskRequest: Comparable, LosslessStringConvertible {
    /// Orders by options, memory and time: a fixed order of arrays.
    package static func < (left: TaskRequest, right: TaskRequest) -> Bool {
        (left.options, left.mebibytes, left.minutes) < (right.options, right.mebibytes, right.minutes)
    }

    /// As the log and the tables have it: the sum in hexadecimal, minutes, MiB, with points between.
    package var description: String { "\(String(options, radix: 16)).\(minutes).\(mebibytes)" }

    /// Reads what `description` has written; `nil`: it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let options = UInt64(parts[0], radix: 16), let minutes = Int(parts[1]),
            let mebibytes = Int(parts[2]), minutes >= 0, mebibytes >= 0
        else { return nil }
        self.init(options: options, minutes: minutes, mebibytes: mebibytes)
    }
}

/// A sum over texts (FNV-1a, 64 bits) that is the same on every machine; never 0.
package struct TextSum: Hashable, Sendable {
    private var sum: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Of no text yet.
    package init() {}

    /// One text more.
    package mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        // No byte of UTF-8: where a text ends makes a difference.
        add(0xFF)
    }

    /// The sum.
    package var value: UInt64 { max(1, sum) }

    private mutating func add(_ byte: UInt8) { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
