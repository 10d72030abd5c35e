/// Violations, in words.
struct Violations: Equatable {
    /// The first few, because the first is the cause of most others.
    private(set) var list: [String] = []
    private let most = 5

    /// Records a violation unless the condition holds.
    mutating func require(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
        if !holds && list.count < most { list.append(otherwise()) }
    }

    /// Records a violation.
    mutating func add(_ what: String) {
        if list.count < most { list.append(what) }
    }
}
