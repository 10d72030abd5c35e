package import Tuning

/// The name of an array in the queue: `digits.rung1.0123456789abcdef`.
///
/// The index of a task is the number of its trial. If trial numbers exceed the cluster's largest index, the name says
/// what to add: `digits.rung1+1000.0123456789abcdef`.
package struct JobName: Hashable, Sendable, CustomStringConvertible {
    /// The study's name, with every character that could trip squeue's columns or a shell replaced by `_`, and cut to
    /// `DispatchLimits.jobNameStudy` characters.
    package let study: String
    /// The rung that all tasks of the array lead to.
    package let rung: Int
    /// The trial of a task is this number plus the task's index.
    package let offset: Int
    /// The array's token.
    package let token: ArrayToken

    /// A name from its parts.
    package init(study: String, rung: Int, offset: Int, token: ArrayToken) {
        let plain = study.unicodeScalars.map { scalar in
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains(scalar))
            return isPlain ? Character(scalar) : "_"
        }
        self.study = String(plain.prefix(DispatchLimits.jobNameStudy))
        self.rung = rung
        self.offset = offset
        self.token = token
    }

    /// The name in the cluster.
    package var description: String {
        "\(study).rung\(rung)\(offset == 0 ? "" : "+\(offset)").\(token)"
    }
}
