/// What was found to be wrong, in words.
struct Violations: Equatable {
    /// The first few: the first is the cause of most of the others.
    private(set) var list: [String] = []
    private let most = 5

    /// Writes down what is wrong unless something holds.
    mutating func require(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
        if !holds && list.count < most { list.append(otherwise()) }
    }

    /// Writes down what is wrong.
    mutating func add(_ what: String) {
        if list.count < most { list.append(what) }
    }
}
